"""How figures read in reports and on the terminal.

>>> duration(572.4), flop(29_440_000_000_000), share(0.99792)
('9 min 32 s', '2.94e13', '99.79 %')
"""

UNKNOWN = "-"


def duration(seconds: float | None) -> str:
    """Seconds as people say them."""
    if seconds is None:
        return UNKNOWN
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def after_base(seconds: float | None) -> str:
    """When the first promotion came."""
    return "none" if seconds is None else f"{duration(seconds)} after the base was trained"


def flop(count: float) -> str:
    """Three digits and a power of ten."""
    return f"{count:.2e}".replace("e+", "e").replace("e0", "e") if count else "0"


def share(part: float | None, digits: int = 2) -> str:
    """A fraction as a percentage; never rounded up to 100."""
    if part is None:
        return UNKNOWN
    text = f"{100 * part:.{digits}f} %"
    return text if part == 1 or not text.startswith("100") else f"> {99.99:.{digits}f} %"


def variety(thousandths: int | None) -> str:
    """How varied data are, as a percentage of their family's own problems."""
    return UNKNOWN if thousandths is None else f"{thousandths / 10:.0f} %"


def number(value: int | None) -> str:
    """A whole number with commas."""
    return UNKNOWN if value is None else f"{value:,}"


def evidence(e_value: float, threshold: float | None) -> str:
    """An e-value beside the bar that it had to clear."""
    if threshold is None:
        return UNKNOWN
    sign = ">=" if e_value >= threshold else "<"
    return f"{e_value:.3g} {sign} {threshold:.3g}"
