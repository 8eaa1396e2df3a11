"""Lessons on whole numbers, fractions, sequences and counting."""

from ouroboros.mill.book.lessons.lesson import Lesson

NUMBERS = {
    "reverse_addition": Lesson(
        title="Adding in columns",
        text=r"""
        A whole number is so many ones, tens, hundreds and so on. To add two numbers, write them
        one below the other, ones under ones, and add column by column from the right. Ten of one
        place make one of the next, and that is all there is to a carry.

        When a column gives ten or more, write the last digit of it and carry 1 to the column on
        its left. With two numbers the carry is never more than 1, for $9 + 9 + 1 = 19$.
        """,
        formula=r"a_i + b_i + c_i = 10\,c_{i+1} + s_i",
        symbols=(
            (r"a_i, b_i", "the digits of the two numbers in column $i$, counted from the right"),
            (r"c_i", "the carry into that column, 0 for the first one"),
            (r"s_i", "the digit of the sum"),
        ),
        mistake=r"""
        The numbers are lined up at the left instead of the right, or a carry is lost that runs
        through several nines, as in $999 + 1$.
        """,
        check=r"""
        Add once more from bottom to top. Or cast out nines: the digits of both numbers together
        and the digits of the sum leave the same remainder when they are divided by 9.
        """,
    ),
    "forward_addition": Lesson(
        title="Adding in your head",
        text=r"""
        In the head it is easier to begin at the left. Keep the larger number whole and add the
        smaller one by its places, the highest first: $69 + 38$ is $69 + 30 = 99$, and $99 + 8$ is
        $107$. There is only one number to remember at a time.

        The order is free because a sum does not depend on how its parts are grouped. For the same
        reason one may take a detour by a round number: to add 98, add 100 and take 2 away.
        """,
        formula=r"a + (b_1 + b_2) = (a + b_1) + b_2",
        symbols=(
            (r"a", "the number that is kept whole"),
            (r"b_1, b_2", "the parts of the other number, such as its tens and its ones"),
        ),
        mistake="A digit is added in the wrong place: the 3 of 38 stands for thirty, not for 3.",
        check=r"""
        Estimate first, with both numbers rounded. Then take one of the numbers away from the sum:
        the other one must be left.
        """,
    ),
    "subtraction": Lesson(
        title="Subtracting",
        text=r"""
        The difference $a - b$ tells how much larger $a$ is than $b$, or what must be added to $b$
        to reach $a$. In columns one subtracts from the right, ones from ones. Where the upper
        digit is too small, borrow one from the place on its left: here it is worth ten.

        There is another way that suits the head: start at the smaller number, go up to the next
        round number, from there by large steps, and add up the steps.
        """,
        formula=r"a - b = d \quad\text{means}\quad b + d = a",
        symbols=((r"a, b", "the numbers, $a$ not smaller than $b$"), (r"d", "the difference")),
        mistake=r"""
        In a column the smaller digit is taken from the larger one whichever stands above. In
        $52 - 38$ the ones are $12 - 8 = 4$, and not $8 - 2 = 6$.
        """,
        check="Add the difference to the smaller number: the larger one must come out.",
    ),
    "short_multiplication": Lesson(
        title="Multiplying by one digit",
        text=r"""
        To multiply a number by a digit, multiply each of its places and add up:
        $64 \times 4 = 60 \times 4 + 4 \times 4 = 240 + 16 = 256$. A rectangle that is 64 wide and
        4 high can be cut into one that is 60 wide and one that is 4 wide; nothing is lost.

        In columns one goes from right to left. Multiply the digit, add what was carried, write
        the last digit of the result and carry the rest. A carry can be as large as 8.
        """,
        formula=r"d\,(a_1 + a_2) = d\,a_1 + d\,a_2",
        symbols=((r"d", "the digit"), (r"a_1, a_2", "the places of the other number")),
        mistake="The carry is added before the digit is multiplied; it has to be added after that.",
        check=r"""
        Round the number and multiply: the result must be near. Or divide the product by the
        digit, which must give the number back.
        """,
    ),
    "multiplication": Lesson(
        title="Long multiplication",
        text=r"""
        The product of two longer numbers is the sum of the products of their places. Multiply the
        first number by each digit of the second, with as many zeros at the end as the place of
        that digit asks for, and add the rows: $89 \times 33 = 267 + 2670 = 2937$.

        Seen as a rectangle, one side is cut by ones, tens and hundreds. Each row of the written
        sum is one strip of the rectangle, and the strips together are the whole.
        """,
        formula=r"(a_1 + a_2)(b_1 + b_2) = a_1 b_1 + a_1 b_2 + a_2 b_1 + a_2 b_2",
        symbols=((r"a_1, a_2", "the places of one factor"), (r"b_1, b_2", "those of the other")),
        mistake="The zero is forgotten in the row of the tens, so that the row counts for ones.",
        check=r"""
        Estimate with both factors rounded to one digit. The last digit of the product must be the
        last digit of the product of the last digits.
        """,
    ),
    "division": Lesson(
        title="Short division",
        text=r"""
        To divide by one digit, begin at the left. See how often the divisor goes into the first
        digit, write that above, and put the remainder in front of the next digit: a remainder of
        5 before a 3 makes 53. Go on to the last digit.

        What remains at the end is still to be shared out. So the exact quotient is the whole
        number together with the fraction remainder over divisor, in lowest terms.
        """,
        formula=r"\frac{a}{b} = q + \frac{r}{b}, \qquad 0 \le r < b",
        symbols=(
            (r"a, b", "dividend and divisor"),
            (r"q", "the whole part of the quotient"),
            (r"r", "the remainder"),
        ),
        mistake=r"""
        A zero is left out in the middle of the quotient: $612 \div 6$ is 102, and not 12.
        """,
        check="Multiply the whole part by the divisor and add the remainder: the dividend is back.",
    ),
    "long_division": Lesson(
        title="Long division",
        text=r"""
        With a divisor of several digits the remainders are too long for the head, so each step is
        written out. Take as many leading digits as are needed, find the largest digit whose
        multiple of the divisor fits, subtract that multiple, bring down the next digit, repeat.

        To guess the digit, round the divisor: for 49 think of 50. A guess is right when what
        remains is not negative and smaller than the divisor; otherwise change it by one.
        """,
        formula=r"a = q\,b + r, \qquad 0 \le r < b",
        symbols=(
            (r"a, b", "dividend and divisor"),
            (r"q, r", "quotient and remainder; the exact result is $q + r/b$"),
        ),
        mistake=r"""
        When the divisor does not fit after a digit has been brought down, the 0 in the quotient
        is skipped, and all later digits stand one place too far to the left.
        """,
        check="Multiply quotient and divisor, add the remainder and compare with the dividend.",
    ),
    "modulus": Lesson(
        title="Remainders",
        text=r"""
        The remainder of $n$ by $d$ is what is left when $d$ is taken away as often as possible: a
        number from 0 to $d - 1$. Work from the left: keep the remainder so far, write the next
        digit behind it, and divide again. The quotient is not needed.

        For some divisors there are short cuts. By 2 and 5 the last digit decides, by 4 the last
        two, by 8 the last three; by 3 and 9 the sum of the digits has the same remainder.
        """,
        formula=r"n = q\,d + r, \qquad 0 \le r < d",
        symbols=((r"n, d", "number and divisor"), (r"q", "quotient"), (r"r", "remainder")),
        mistake="A remainder is left that is as large as the divisor: then it fits once more.",
        check="Take the remainder away from the number. The divisor must divide what is left.",
    ),
    "gcd": Lesson(
        title="The greatest common divisor",
        text=r"""
        Whatever divides both $a$ and $b$ also divides what remains when $a$ is divided by $b$. So
        the pair may be replaced by the smaller number and that remainder, and the common divisors
        stay the same. This is Euclid's algorithm.

        The numbers shrink at every step. When the remainder is 0, the divisor of this last step
        divides both, and nothing larger does. There is no need to factor anything.
        """,
        formula=r"\gcd(a, b) = \gcd(b,\; a \bmod b), \qquad \gcd(a, 0) = a",
        symbols=(
            (r"a, b", "whole numbers"),
            (r"a \bmod b", "the remainder of $a$ by $b$"),
        ),
        mistake=r"""
        The last quotient is given as the answer. The answer is the last divisor, the one that
        leaves 0.
        """,
        check="It must divide both numbers, and the two quotients may have no common divisor.",
    ),
    "fractions": Lesson(
        title="Adding and subtracting fractions",
        text=r"""
        Only parts of the same size can be counted together. So both fractions are first written
        with a common denominator, best the smallest one that both denominators divide. A fraction
        keeps its value when its numerator and denominator are multiplied by the same number.

        Then the numerators are added or subtracted and the denominator stays. At the end divide
        both by whatever they have in common, so that the result is in lowest terms.
        """,
        formula=r"\frac{a}{b} \pm \frac{c}{d} = \frac{a d \pm c b}{b d}",
        symbols=((r"a, c", "the numerators"), (r"b, d", "the denominators, none of them 0")),
        mistake=r"""
        Numerators and denominators are both added. Then $\frac12 + \frac12$ would be $\frac24$,
        which is one half and not one.
        """,
        check="Work it out once more with rough decimals: the sum must be near theirs.",
    ),
    "base_addition": Lesson(
        title="Adding in another base",
        text=r"""
        In base ten a place is full at ten. In base $B$ it is full at $B$, and the digits run from
        0 to $B - 1$. Everything else about adding in columns stays as it is: add from the right,
        and when a column reaches $B$, take $B$ away and carry 1.

        In base 7 the ones of $34 + 25$ give $4 + 5 = 9$, which is one seven and 2: write 2, carry
        1. The sevens give $3 + 2 + 1 = 6$. So the sum is 62, in base 7.
        """,
        formula=r"a_i + b_i + c_i = B\,c_{i+1} + s_i",
        symbols=(
            (r"B", "the base"),
            (r"a_i, b_i, s_i", "the digits of the numbers and of the sum in column $i$"),
            (r"c_i", "the carry into that column"),
        ),
        mistake="A carry is made at ten out of habit. No digit of the sum may reach the base.",
        check="Turn both numbers and the sum into base ten and add there.",
    ),
    "base_conversion": Lesson(
        title="Writing a number in another base",
        text=r"""
        In base $B$ the last digit counts ones, the one before it counts $B$'s, the next one
        $B^2$'s. Divide the number by $B$: the remainder is how many ones are left over when all
        the rest has been bundled, so it is the last digit.

        The quotient is the number of bundles. Divide it again to get the next digit, and go on
        until the quotient is 0. Read the remainders from the last one found to the first.
        """,
        formula=r"n = d_k B^k + \dots + d_2 B^2 + d_1 B + d_0",
        symbols=((r"n", "the number"), (r"B", "the base"), (r"d_k, \dots, d_0", "its digits")),
        mistake="The remainders are read in the order in which they were found: that is backwards.",
        check="Multiply every digit by its power of the base and add up: the number is back.",
    ),
    "sequences": Lesson(
        title="The next term of a sequence",
        text=r"""
        Look at what leads from one term to the next. In an arithmetic sequence it is always the
        same number added, in a geometric one the same factor. In a quadratic sequence the
        differences themselves grow by the same number each time.

        So write the differences below the terms. If they are equal, add the same again. If not,
        look at the differences of the differences, or divide neighbours. A few terms alone fix
        nothing; it is the stated kind of sequence that makes the next term certain.
        """,
        formula=r"a_{n+1} = a_n + d, \qquad a_{n+1} = a_n\,r",
        symbols=(
            (r"a_n", "term number $n$"),
            (r"d", "the difference; in a quadratic sequence it grows by a fixed number"),
            (r"r", "the factor from term to term"),
        ),
        mistake="The pattern is read off the first two terms only and not tried on the others.",
        check="Let your rule produce the given terms from the first one before you go further.",
    ),
    "lattice_paths": Lesson(
        title="Counting ways through a grid",
        text=r"""
        Every step goes right or down. So the last step into a crossing comes from the left or
        from above, and each way to it is a way to one of these two, made longer by a step. The
        number of ways to a crossing is therefore the sum of the numbers beside and above it.

        Begin with 1 at the start and fill in the grid row by row. A blocked crossing gets 0: no
        way leads through it, and the rule takes care of the rest.
        """,
        formula=r"w_{i,j} = w_{i-1,j} + w_{i,j-1}",
        symbols=(
            (
                r"w_{i,j}",
                "the ways to the crossing in row $i$ and column $j$, 0 where it is blocked",
            ),
        ),
        mistake=r"""
        The first row and column are filled with ones past a blocked crossing. Beyond it there is
        no straight way, so those numbers are 0.
        """,
        check=r"""
        Count from the end backwards to the start, with the same rule. In a grid of $n$ by $n$
        steps without blocks there are $\binom{2n}{n}$ ways.
        """,
    ),
    "binomial": Lesson(
        title="Choosing without order",
        text=r"""
        How many ways are there to choose $k$ of $n$ things, if the order does not matter? Picking
        one after the other, there are $n$ things for the first, $n - 1$ for the second, and so on.
        In this way each choice is counted once for each order of its $k$ things.

        Therefore divide by the number of orders. It is handy to do it at once: after the second
        factor divide by 2, after the third by 3. The quotient is whole each time, for it counts
        the choices of 2, of 3, and so on.
        """,
        formula=r"\binom{n}{k} = \frac{n\,(n-1) \cdots (n-k+1)}{1 \cdot 2 \cdots k}",
        symbols=((r"n", "the number of things"), (r"k", "how many of them are chosen")),
        mistake="Different orders of the same things are counted as different choices.",
        check=r"""
        Choosing $k$ is leaving out $n - k$, so $\binom{n}{k} = \binom{n}{n-k}$. Small cases stand
        in Pascal's triangle, where each entry is the sum of the two above it.
        """,
    ),
}
