"""Lessons on machines and algorithms: strings, stacks, automata, sorting, ways."""

from ouroboros.mill.book.lessons.lesson import Lesson

MACHINES = {
    "copy": Lesson(
        title="Copying without a slip",
        text=r"""
        To copy a string means to write the same characters in the same order, no more and no
        fewer. It is the simplest of all tasks, and people fail at it, because they read what they
        expect. Long runs of the same character are the worst.

        Cut the string into groups of three or four, and copy group by group. A finger on the
        original keeps the place.
        """,
        mistake="In a run such as 33333 one character is dropped or written once too often.",
        check="Count the characters of both strings, then compare them from the end.",
    ),
    "reverse": Lesson(
        title="Turning a string round",
        text=r"""
        Read from the last character to the first and write from left to right. A pile of cards
        does it by itself: what is laid down last lies on top and is taken off first. Computer
        science calls such a pile a stack.

        Of $n$ characters the one in place $i$ comes to the place $n + 1 - i$. The middle one of
        an odd number stays where it is.
        """,
        formula=r"r_i = s_{n+1-i}",
        symbols=(
            (r"s_i, r_i", "the characters in place $i$ before and after"),
            (r"n", "the number of characters"),
        ),
        mistake="Groups are turned round, but the characters inside a group are left as they were.",
        check="Reverse the result once more: the string must be back.",
    ),
    "parity_chain": Lesson(
        title="Odd or even",
        text=r"""
        To know whether the number of ones is odd, there is no need to count them. One bit of
        memory is enough: start with 0 and flip it at every 1. This is what a parity bit does when
        data are sent; it shows whether a single bit was changed on the way.

        Flipping twice undoes itself, so ones may be crossed out in pairs, wherever they stand.
        """,
        formula=r"p_i = (p_{i-1} + b_i) \bmod 2, \qquad p_0 = 0",
        symbols=(
            (r"b_i", "the bit in place $i$"),
            (r"p_i", "1 if the number of ones up to there is odd, else 0"),
        ),
        mistake="The memory is flipped at a 0, too, so that places are counted instead of ones.",
        check="Cross out the ones in pairs. If one is left over, the number is odd.",
    ),
    "stack_depth": Lesson(
        title="A counter with two ends",
        text=r"""
        Some counters cannot go on for ever: a stack has room for so many things, a lift has a top
        floor. Each sign moves the counter up or down by one. At an end a move that would leave
        the range does nothing, and it is not made up for later.

        That is why the signs cannot simply be counted and subtracted. The order matters, and one
        has to follow them one by one.
        """,
        formula=r"h_i = \min(h_{i-1} + 1,\ 9) \quad\text{or}\quad h_i = \max(h_{i-1} - 1,\ 0)",
        symbols=((r"h_i", "the height after sign number $i$: after one up, or after one down"),),
        mistake="Moves that were blocked at the top or at the bottom are counted all the same.",
        check=r"""
        Find the last sign after which the counter stood at an end. From there on no move was
        blocked, so the rest may simply be counted.
        """,
    ),
    "finite_automaton": Lesson(
        title="A machine with few states",
        text=r"""
        A finite automaton remembers nothing but its state. It reads one sign after the other, and
        the old state together with the sign gives the new state. Here the state is a remainder:
        the digit read is added, and full rounds are dropped.

        Remainders may be taken at any time without changing the end. So the numbers stay small,
        however long the input is.
        """,
        formula=r"s_i = (s_{i-1} + d_i) \bmod m",
        symbols=(
            (r"s_i", "the state after digit number $i$; it starts at 0"),
            (r"d_i", "that digit"),
            (r"m", "the number of states, which are 0 to $m - 1$"),
        ),
        mistake="The states are counted from 1, or a state $m$ is allowed, which is 0 again.",
        check="Add up all the digits at once and take the remainder by the number of states.",
    ),
    "stack_program": Lesson(
        title="Programs on a stack",
        text=r"""
        A stack machine keeps its numbers in a pile and works on the top of it only. An instruction
        for two numbers takes both off and puts the result in their place, so the stack becomes
        shorter by one. Old pocket calculators and many programming languages work like this.

        Write down the whole stack after every instruction. Here every number is a single digit:
        only the last digit of a result is kept.
        """,
        mistake=r"""
        In a subtraction the order is turned round. The top is taken away from the number under
        it.
        """,
        check="Count how many numbers the stack must hold after each instruction, and compare.",
    ),
    "sorting": Lesson(
        title="Sorting by insertion",
        text=r"""
        Take the cards one by one. Those in the hand are always in order; each new one is pushed
        in where it belongs, to the left of all that are larger. When the last one is in its
        place, all are sorted.

        This is quick when the cards are nearly in order already. With $n$ cards in reverse
        order it takes about $\frac12 n^2$ comparisons, so for long lists other ways are better.
        """,
        mistake="A digit that occurs twice is written once only, or a 0 in front is dropped.",
        check="Count each digit before and after. Then no neighbour on the left may be larger.",
    ),
    "increasing_subsequence": Lesson(
        title="The longest rise",
        text=r"""
        From a row of numbers some are picked, in the order in which they stand, so that each is
        larger than the one before. How many can be picked at most? To try all choices would take
        far too long; there are $2^n$ of them.

        Instead ask for each number: how long is the longest rise that ends here? It is one more
        than the best among the smaller numbers before it, or 1 if there is none. The largest of
        these lengths is the answer. This is called dynamic programming.
        """,
        formula=r"L_i = 1 + \max\{L_j : j < i,\ x_j < x_i\}",
        symbols=(
            (r"x_i", "the number in place $i$"),
            (r"L_i", "the longest rise that ends there; the maximum of nothing counts as 0"),
        ),
        mistake="Equal numbers are let in one after the other, although the rise must be strict.",
        check="Write down one rise of that length. Then look for a longer one from the end.",
    ),
    "shortest_path": Lesson(
        title="The shortest way",
        text=r"""
        Dijkstra's rule finds the shortest way without trying all of them. Note for each place the
        shortest distance found so far. Take the nearest place that is not settled yet: no detour
        can make it nearer any more, since every road has a positive length. Settle it, and see
        which neighbours can now be reached on a shorter way.

        Write beside each distance from where it comes. So the way itself can be read backwards
        from the goal.
        """,
        formula=r"d(B) = \min\,\left(d(A) + \ell_{AB}\right)",
        symbols=(
            (r"d(B)", "the shortest distance of a place $B$ from the start"),
            (
                r"\ell_{AB}",
                "the length of the road from $A$ to $B$; the minimum is over all such $A$",
            ),
        ),
        mistake="The way with the fewest roads is taken, or the first one that reaches the goal.",
        check="For no road may the distances at its two ends differ by more than its length.",
    ),
    "maze": Lesson(
        title="The fewest steps through a maze",
        text=r"""
        Let water rise at the start. After one step it wets all free neighbours, after two steps
        their free neighbours, and so on. Every square gets the number of the step in which it
        became wet, and that is the least number of steps to it.

        The search goes on in all directions at once, which is called breadth-first. It ends when
        the goal is wet, or when nothing new gets wet: then there is no way at all.
        """,
        mistake="One follows a single way to the goal and takes its length for the least.",
        check=r"""
        Flood the maze from the goal: the start must get the same number. The number is even or
        odd just as the rows plus the columns between start and goal are.
        """,
    ),
}
