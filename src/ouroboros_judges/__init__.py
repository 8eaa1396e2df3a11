"""The truth: reference answers, oracle and examiner. Runs only in processes the warden starts."""
