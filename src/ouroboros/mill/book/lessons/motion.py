"""Lessons on motion, momentum and energy."""

from ouroboros.mill.book.lessons.lesson import Lesson

MOTION = {
    "kinematics": Lesson(
        title="Speeding up evenly",
        text=r"""
        Acceleration is speed gained for each second. With 3 m/s² a body becomes
        3 m/s faster every second, whatever speed it has already. So the gain is the
        acceleration times the time, and it is added to the speed at the start.

        This holds as long as the acceleration stays the same and points along the motion. At
        speeds close to that of light it holds no longer.
        """,
        formula=r"v = u + a\,t",
        symbols=(
            (r"u, v", "the speed at first and afterwards, in m/s"),
            (r"a", "the acceleration, in m/s²"),
            (r"t", "the time, in s"),
        ),
        mistake=r"""
        The speed at the start is left out, or units are mixed: a gain in cm/s must be converted
        before it is added to a speed in m/s.
        """,
        check="Take the gain away second by second: after all of them the first speed is left.",
    ),
    "braking": Lesson(
        title="Braking evenly",
        text=r"""
        When the speed falls evenly, the body spends as much time above its mean speed as below
        it, and by the same amounts. So it covers just as much ground as if it went all the time
        at the mean of the first and the last speed. The deceleration itself is not needed.

        In a graph of speed against time the path is the area of a trapezium, and the formula is
        the formula of that area. It holds only if the speed changes evenly.
        """,
        formula=r"s = \frac{u + v}{2}\,t",
        symbols=(
            (r"s", "the path covered, in m"),
            (r"u, v", "the speed at first and at the end, in m/s"),
            (r"t", "the time, in s"),
        ),
        mistake="One calculates with the first speed alone, and finds a path that is too long.",
        check=r"""
        The result must lie between $v\,t$ and $u\,t$, the paths at the lower and at the higher
        speed.
        """,
    ),
    "projectile": Lesson(
        title="Thrown straight up",
        text=r"""
        Without gravity the body would rise evenly. Gravity takes away from this height what a
        body falls in the same time from rest, $\frac12 g\,t^2$. Both happen at once and do not
        disturb each other, so they may be worked out apart and subtracted.

        With $g$ = 10 m/s² the fall is 5 m in the first second and
        20 m in two. The mass does not matter, as long as the air may be left out.
        """,
        formula=r"y = h + u\,t - \tfrac{1}{2}\,g\,t^2",
        symbols=(
            (r"y", "the height above the ground, in m"),
            (r"h", "the height at the start, in m"),
            (r"u", "the speed upwards at the start, in m/s"),
            (r"t", "the time, in s"),
            (r"g", "the acceleration of free fall, here 10 m/s²"),
        ),
        mistake="The time is not squared, or the half is forgotten.",
        check=r"""
        The body turns after $u/g$ seconds. Before that it must still rise, after that it must
        fall, and at $2u/g$ it must be back at the height where it started.
        """,
    ),
    "collision": Lesson(
        title="Bodies that stick together",
        text=r"""
        Momentum is mass times velocity. In a collision each body pushes the other one just as
        hard and as long, so what one gains in momentum the other one loses. The sum stays the
        same, however violent the impact may be.

        If the bodies stay joined, they have one common speed, and the total momentum belongs to
        the total mass. Energy of motion is not kept here; a part of it becomes heat.
        """,
        formula=r"v = \frac{m\,u + n\,w}{m + n}",
        symbols=(
            (r"v", "the common speed afterwards"),
            (r"m, u", "mass and speed of the body behind"),
            (r"n, w", "mass and speed of the body ahead, in the same direction"),
        ),
        mistake=r"""
        The plain mean of the two speeds is taken, although the heavier body counts for more.
        """,
        check="The common speed must lie between the two, nearer to that of the heavier body.",
    ),
    "elastic_collision": Lesson(
        title="Bouncing off a heavy body",
        text=r"""
        In an elastic collision the two bodies part as fast as they approached each other. If one
        of them is so heavy that its speed does not change, sit on it: seen from there the light
        body comes in at $u + w$ and leaves at $u + w$.

        Seen from outside, the heavy body's own speed is added once more. So a ball gains twice
        the speed of the bat. The rule needs a head-on impact and no loss of energy.
        """,
        formula=r"v = u + 2\,w",
        symbols=(
            (r"v", "the speed of the light body after the bounce"),
            (r"u", "its speed before, towards the heavy body"),
            (r"w", "the speed of the heavy body, towards the light one"),
        ),
        mistake="The heavy body's speed is added once only; it counts on the way in and out.",
        check=r"""
        Before, they approach at $u + w$. After, they must part at $v - w$, and both must be equal.
        """,
    ),
    "momentum": Lesson(
        title="Adding up momentum",
        text=r"""
        Momentum, mass times velocity, is a quantity of motion that can be handed over but not
        lost. If several bodies move the same way, their momenta simply add up. If no force acts
        from outside, the sum is the same before and after any break-up or collision.

        A small fast body can carry as much of it as a large slow one. In opposite directions the
        signs differ; here all bodies move the same way.
        """,
        formula=r"p = m\,u + n\,v + k\,w",
        symbols=(
            (r"p", "the total momentum, in kg·m/s"),
            (r"m, n, k", "the masses, in kg"),
            (r"u, v, w", "their speeds, in m/s"),
        ),
        mistake="Masses and speeds are added up first and multiplied afterwards.",
        check="The total divided by the total mass must lie between the lowest and highest speed.",
    ),
    "pendulum": Lesson(
        title="From height to speed",
        text=r"""
        A pendulum that is let go loses height and gains speed. Without friction the energy of
        height becomes energy of motion completely, and the thread does no work, because it always
        pulls at right angles to the path.

        So the speed at the lowest point depends on the lost height alone, not on the mass and not
        on the shape of the path. The height is counted straight down, from the start to the
        lowest point, whatever marks lie between.
        """,
        formula=r"v^2 = 2\,g\,(a + b)",
        symbols=(
            (r"v", "the speed at the lowest point, in m/s"),
            (r"g", "the acceleration of free fall, here 10 m/s²"),
            (r"a", "the height of the start above the mark, in m"),
            (r"b", "the depth of the lowest point below the mark, in m"),
        ),
        mistake=r"""
        Decimetres are put in as if they were metres: 1 dm of height gives
        2 m²/s², and 1 m gives 20 m²/s².
        """,
        check="A body that falls freely through the same height must have the same speed.",
    ),
    "incline": Lesson(
        title="Work on a ramp",
        text=r"""
        Work is force times the path along the force. Against the weight only the gain in height
        counts, however long the ramp may be. Against friction the whole way along the ramp
        counts. Pulled slowly and steadily, the load takes both and nothing else.

        So a longer ramp needs less force, but never less work. Without friction the work would be
        the same on every ramp of this height.
        """,
        formula=r"W = w\,h + f\,s",
        symbols=(
            (r"W", "the work, in J"),
            (r"w, h", "the weight, in N, and the gain in height, in m"),
            (r"f, s", "the friction, in N, and the length of the ramp, in m"),
        ),
        mistake="The weight is multiplied by the length of the ramp instead of its height.",
        check=r"""
        Divide the work by the length: this is the pull. It must be more than the friction and
        less than weight and friction together.
        """,
    ),
    "rocket": Lesson(
        title="Thrust against weight",
        text=r"""
        Two forces act on a rocket at lift-off: the thrust of all its engines upwards and its
        weight downwards. They act along one line, so the net force is their difference, and this
        is what accelerates the rocket.

        A tonne has a weight of 10 kN if $g$ is taken as 10 m/s². The
        formula is for the first moment; later the rocket is lighter, for it has burnt fuel.
        """,
        formula=r"F = n\,f - m\,g",
        symbols=(
            (r"F", "the net force upwards, in kN"),
            (r"n, f", "the number of engines, and the thrust of one of them, in kN"),
            (r"m", "the mass, in t"),
            (r"g", "the acceleration of free fall, here 10 m/s²"),
        ),
        mistake="The mass is subtracted from the thrust, without being turned into a weight.",
        check="If the result is negative or 0, the rocket cannot rise at all.",
    ),
}
