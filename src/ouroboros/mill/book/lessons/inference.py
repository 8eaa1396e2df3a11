"""Lessons on truth values and on drawing conclusions."""

from ouroboros.mill.book.lessons.lesson import Lesson

INFERENCE = {
    "boolean_chain": Lesson(
        title="Connectives, one after the other",
        text=r"""
        A statement is true (1) or false (0). Connectives join two of them: "and" is true when
        both are, "or" when at least one is, "exclusive or" when exactly one is. "Implies" is
        false only when the left side is true and the right side is not.

        In a chain the value so far stands on the left of each connective. No connective binds
        tighter than another here: it goes strictly from left to right.
        """,
        formula=r"p \to q \quad\text{means}\quad \lnot p \lor q",
        symbols=(
            (r"p \to q", "$p$ implies $q$"),
            (r"\lnot p", "not $p$"),
            (r"\lor", "or, or both"),
        ),
        mistake="An implication with a false left side is called false. It is true.",
        check=r"""
        Look for a step that fixes the value whatever came before: "and 0" gives 0, "or 1" and
        "implies 1" give 1. Only what comes after the last such step counts.
        """,
    ),
    "boolean_expression": Lesson(
        title="Expressions of truth values",
        text=r"""
        An expression is built up from T (true) and F (false) like a sum from numbers. Work out
        the innermost brackets first and replace each by its value, until one value is left. As a
        tree, the leaves are known and the values rise to the root.

        "Not" turns the value of whatever stands right behind it. If that is a bracket, it turns
        the value of the whole bracket.
        """,
        formula=r"\lnot(p \land q) = \lnot p \lor \lnot q, \qquad "
        r"\lnot(p \lor q) = \lnot p \land \lnot q",
        symbols=(
            (r"\lnot", "not"),
            (r"\land, \lor", "and; or, or both"),
        ),
        mistake='A "not" before a bracket is applied to the first thing inside only.',
        check=r"""
        Use short cuts from outside: "and" with one false side is false, "or" with one true side
        is true, whatever the other side says. De Morgan's laws above turn a negation inside.
        """,
    ),
    "knights": Lesson(
        title="Knights and knaves",
        text=r"""
        Knights always tell the truth, knaves always lie. So a claim is true exactly if the person
        who makes it is a knight. That turns every sentence into an equation between "this person
        is a knight" and "what this person says".

        Suppose something of one person and follow what must then be so of the others. If a
        contradiction comes up, the opposite was true. Some claims give something away at once:
        "$B$ and I are of the same kind" shows that $B$ is a knight, whoever says it.
        """,
        formula=r"K_A \leftrightarrow C_A",
        symbols=(
            (r"K_A", "$A$ is a knight"),
            (r"C_A", "what $A$ claims is true"),
        ),
        mistake=r"""
        The opposite of a claim with "and" is taken to be that both parts are false. At least one
        part is.
        """,
        check="Go through all claims: each knight's must be true and each knave's false.",
    ),
    "proof": Lesson(
        title="What follows from what",
        text=r"""
        A rule "if $A$ and $B$, then $C$" may be used as soon as $A$ and $B$ are known; then $C$ is
        known, too. Begin with the facts, use whatever rule fits, and go on until the goal is
        reached or nothing new comes up. In the second case the goal does not follow. This is
        called forward chaining.

        Every conclusion stays, so the order in which rules are used does not change the end.
        """,
        formula=r"A, \quad B, \quad A \land B \to C \qquad\text{give}\qquad C",
        symbols=(
            (r"A, B, C", "statements"),
            (r"\land", "and"),
            (r"\to", "if the left side, then the right side"),
        ),
        mistake=r"""
        A rule is used backwards: from $C$ one concludes $A$. Or it is used although one of its
        conditions is missing.
        """,
        check=r"""
        Go back from the goal: which rules lead to it, and can their conditions be had? For a
        "no", see that every rule with all its conditions known leads only to what is known.
        """,
    ),
    "satisfiability": Lesson(
        title="Meeting all the conditions",
        text=r"""
        Each condition is an "or" of a few parts, and all conditions must hold. A condition is
        broken only if all its parts are false. So when all of them but one are false, the last
        one must be true. Such forced steps cost no thought and often do most of the work.

        When nothing is forced, try a value. To find the solution that is first in the order of a
        dictionary, take the first open variable and try 0 before 1. If a condition breaks, go
        back to the last free choice and change it. If no choice is left, there is no solution.
        """,
        formula=r"(x_1 \lor \lnot x_2), \quad x_1 = 0 \qquad\text{give}\qquad x_2 = 0",
        symbols=(
            (r"x_1, x_2", "variables, 0 for false and 1 for true"),
            (r"\lor, \lnot", "or, or both; not"),
        ),
        mistake=r"""
        A solution is found, and an earlier one in the order is overlooked. Or after going back, a
        value is kept that was forced by the choice just undone.
        """,
        check=r"""
        Put the values into every condition. Then put a 0 in the place of each 1 in turn, with
        the values before it kept and those after it free: each time something must break.
        """,
    ),
    "syllogism": Lesson(
        title="All, some, none",
        text=r"""
        "All $A$ are $B$" puts the circle of $A$ inside that of $B$. "No $A$ are $B$" keeps the
        circles apart, "some $A$ are $B$" makes them overlap, and "some $A$ are not $B$" leaves a
        part of $A$ outside of $B$. No group is empty here, and "some" means at least one.

        To join two statements, the group in the middle must carry the link: what holds of all of
        it. "All $B$ are $C$" passes on whatever is known of a $B$, and "no $B$ are $C$" turns it
        into "not $C$". Two statements with "some" lead nowhere, and so do two with "no" or "not".
        """,
        formula=r"A \subseteq B,\ B \subseteq C \ \Rightarrow\ A \subseteq C, \qquad "
        r"A \subseteq B,\ B \cap C = \emptyset \ \Rightarrow\ A \cap C = \emptyset",
        symbols=(
            (r"A \subseteq B", "all $A$ are $B$"),
            (r"B \cap C = \emptyset", "no $B$ are $C$"),
        ),
        mistake=r"""
        "All $A$ are $B$" is read as "all $B$ are $A$". From it follows only that some $B$ are $A$.
        """,
        check=r"""
        Draw circles, and try to draw them so that the conclusion is false while all statements are
        true. If that works, it does not follow.
        """,
    ),
}
