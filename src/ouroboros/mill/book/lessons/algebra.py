"""Lessons on equations, polynomials and matrices."""

from ouroboros.mill.book.lessons.lesson import Lesson

ALGEBRA = {
    "linear_equation": Lesson(
        title="Linear equations",
        text=r"""
        An equation is a balance. What is done to one side must be done to the other, and then it
        stays true. To free $x$, undo what was done to it, the last thing first: take away the
        number that was added, then divide by the number that $x$ was multiplied with.

        Since $a$ is not 0, there is exactly one solution. It need not be a whole number; leave it
        as a fraction in lowest terms, which is exact, rather than as a rounded decimal.
        """,
        formula=r"a\,x + b = c \quad\text{gives}\quad x = \frac{c - b}{a}",
        symbols=(
            (r"x", "the unknown"),
            (r"a", "its coefficient, not 0"),
            (r"b, c", "known numbers"),
        ),
        mistake="One divides first and forgets to divide the added number, too.",
        check="Put the solution in place of the unknown: both sides must be equal.",
    ),
    "linear_system": Lesson(
        title="Two equations, two unknowns",
        text=r"""
        Two linear equations hold at once where two lines meet. To get rid of one unknown, multiply
        the equations so that it has the same coefficient in both, and subtract one from the other.
        An equation with a single unknown is left.

        Done with letters, this gives Cramer's rule. It works whenever $a e - b d$ is not 0. If it
        is 0, the lines are parallel or the same, and there is no solution or more than one.
        """,
        formula=r"x = \frac{c\,e - b\,f}{a\,e - b\,d}, \qquad y = \frac{a\,f - c\,d}{a\,e - b\,d}",
        symbols=(
            (r"a, b, c", "the first equation is $a x + b y = c$"),
            (r"d, e, f", "the second one is $d x + e y = f$"),
        ),
        mistake=r"""
        Only the left side is multiplied and the right side is forgotten, or a minus sign is
        dropped when a whole equation is subtracted.
        """,
        check="Put both values into both equations, not only into the one used last.",
    ),
    "derivative": Lesson(
        title="Differentiating polynomials",
        text=r"""
        The derivative of a function tells how fast it changes: it is the slope of the graph at
        each point. A power falls by one in its exponent, and the old exponent comes in front as a
        factor. A constant does not change, so its derivative is 0.

        Sums are differentiated term by term, and a number in front of a power simply stays. These
        two rules and the one for powers are enough for every polynomial.
        """,
        formula=r"(c\,x^n)' = c\,n\,x^{n-1}",
        symbols=((r"c", "any number"), (r"n", "the exponent, 1 or more; $x^0$ is 1")),
        mistake=r"""
        The constant is carried along although it has the slope 0, or $x$ alone is lost: its
        derivative is 1.
        """,
        check=r"""
        Integrate the result: apart from the constant, the polynomial must come back. Or compare
        at one point with the slope between two neighbouring ones.
        """,
    ),
    "integral": Lesson(
        title="Integrating polynomials",
        text=r"""
        Integrating undoes differentiating: look for a polynomial whose derivative is the one that
        is given. A power rises by one in its exponent, and the term is divided by the new
        exponent. Again everything goes term by term.

        A constant more or less does not change the derivative, so there are many solutions. Here
        the one is wanted that is 0 at $x = 0$. It also gives the area under the curve, counted
        from 0, where areas below the axis are negative.
        """,
        formula=r"\int c\,x^n\,\mathrm{d}x = \frac{c}{n+1}\,x^{n+1}",
        symbols=((r"c", "any number"), (r"n", "the exponent, 0 or more")),
        mistake="One divides by the old exponent instead of the new one.",
        check="Differentiate the result: exactly the given polynomial must come out.",
    ),
    "expansion": Lesson(
        title="Multiplying out brackets",
        text=r"""
        Every term of one bracket is multiplied by every term of the other. With two terms each
        that makes four products: first by first, outer by outer, inner by inner, last by last.
        The outer and the inner one both contain $x$ once and are added up.

        It is the same as cutting a rectangle into four. It holds for all numbers, also for
        negative ones, as long as each term takes its sign along.
        """,
        formula=r"(a x + b)(c x + d) = a c\,x^2 + (a d + b c)\,x + b d",
        symbols=((r"a, b, c, d", "numbers, with their signs"),),
        mistake=r"""
        The two middle products are forgotten: $(x + 3)(x + 5)$ is not $x^2 + 15$. Or the product
        of two negative numbers is left negative.
        """,
        check=r"""
        Put in a number. At $x = 1$ the product of the two bracket values must equal the sum of
        the coefficients.
        """,
    ),
    "factoring": Lesson(
        title="Factoring quadratics",
        text=r"""
        Multiplying out $(x + m)(x + n)$ gives $x^2 + (m + n)\,x + m n$. To go back, look for two
        numbers with the right sum and the right product. Go through the ways to write the
        constant as a product; there are only a few.

        The signs help. If the constant is positive, both numbers have the sign of the middle
        coefficient. If it is negative, they have different signs, and the larger one in size has
        the sign of the middle coefficient.
        """,
        formula=r"x^2 + s\,x + p = (x + m)(x + n), \qquad m + n = s, \quad m\,n = p",
        symbols=(
            (r"s, p", "the coefficients, sum and product of the numbers sought"),
            (r"m, n", "the numbers; the zeros of the quadratic are $-m$ and $-n$"),
        ),
        mistake="The product is right and the sum has the wrong sign, because signs were swapped.",
        check="Multiply the two factors out again.",
    ),
    "determinant": Lesson(
        title="Determinants",
        text=r"""
        A square matrix stretches areas (or volumes) by a factor, the size of its determinant. Its
        sign tells whether left and right are kept or exchanged. If it is 0, everything is pressed
        flat and the matrix has no inverse.

        For two rows the formula below is enough. Larger ones are made smaller step by step: the
        first row and the first column are used up, and each remaining entry becomes the
        determinant of two rows that it forms with them. From the second step on, divide by the
        pivot of the step before; the division is always exact (Bareiss). The last entry is the
        determinant.
        """,
        formula=r"\det \begin{pmatrix} a & b \\ c & d \end{pmatrix} = a\,d - b\,c",
        symbols=((r"a, b, c, d", "the entries, given row by row"),),
        mistake=r"""
        Rows are exchanged to avoid a pivot of 0, and the change of sign that each exchange brings
        is forgotten.
        """,
        check=r"""
        Expand by another row or column. A matrix with two equal or proportional rows must give 0.
        """,
    ),
    "matrix_product": Lesson(
        title="Multiplying matrices",
        text=r"""
        The entry of $AB$ in row $i$ and column $j$ comes from row $i$ of $A$ and column $j$ of
        $B$: multiply them place by place and add up. It is handy to write $B$ above and to the
        right of $A$, so that each entry of the product stands where its row and column meet.

        The product tells what happens if first $B$ and then $A$ is applied to a vector. That is
        why the order matters: $AB$ and $BA$ are different as a rule.
        """,
        formula=r"(AB)_{ij} = A_{i1} B_{1j} + A_{i2} B_{2j}",
        symbols=((r"A_{ij}, B_{ij}", "the entries in row $i$ and column $j$ of the matrices"),),
        mistake="Entries in the same places are multiplied, or rows are paired with rows.",
        check=r"""
        Add up the columns: the column sums of $A$, taken as a row, times $B$ must give the column
        sums of $AB$.
        """,
    ),
}
