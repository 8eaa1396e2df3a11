"""Lessons on forces at rest, electricity, heat, orbits and light."""

from ouroboros.mill.book.lessons.lesson import Lesson

MATTER = {
    "springs": Lesson(
        title="Springs side by side",
        text=r"""
        A spring answers with a force that grows in step with its change of length (Hooke's law).
        Two springs side by side are changed by the same length, and each contributes its own
        force. So their stiffnesses add up, as if there were one stiffer spring.

        The law holds while the springs are not overstretched. For springs one behind the other it
        is different: there the forces are equal and the lengths add up.
        """,
        formula=r"F = (k + c)\,x",
        symbols=(
            (r"F", "the force, in N"),
            (r"k, c", "the stiffnesses of the two springs, in N/cm"),
            (r"x", "the change of length of both, in cm"),
        ),
        mistake=r"""
        Units are mixed: 5 N/cm is 500 N/m, and 3 cm is
        0.03 m.
        """,
        check="Work out the force of each spring by itself; the two must add up to the result.",
    ),
    "circuit": Lesson(
        title="Resistors in networks",
        text=r"""
        In series the same current passes one resistor after the other, and the voltages add up;
        so do the resistances. In parallel the voltage is the same and the currents add up; so do
        the reciprocals of the resistances. The result is smaller than the smallest branch.

        To work out a network, begin at its innermost parts, replace each by a single resistor,
        and go on until one is left. With it Ohm's law gives the current. Volts divided by kiloohms
        give milliamperes.
        """,
        formula=r"R = R_1 + R_2, \qquad \frac{1}{R} = \frac{1}{R_1} + \frac{1}{R_2}, "
        r"\qquad I = \frac{V}{R}",
        symbols=(
            (r"R", "the resistance of the part, first in series, then in parallel, in kΩ"),
            (r"R_1, R_2", "the resistances of its parts, in kΩ"),
            (r"V, I", "voltage, in V, and current, in mA"),
        ),
        mistake=r"""
        In parallel the reciprocals are added and the result is not turned over again at the end.
        """,
        check=r"""
        A branch in parallel must lower the resistance, a part in series must raise it. Two equal
        resistors in parallel make half of one.
        """,
    ),
    "series_circuit": Lesson(
        title="One current through three resistors",
        text=r"""
        In a loop without branches the current is the same everywhere: charge does not pile up.
        Each resistor takes its share of the voltage, by Ohm's law, and the shares add up to the
        voltage of the source. So the resistances may be added first.

        It holds if wires, source and meters have no resistance of their own. Milliamperes times
        ohms give millivolts.
        """,
        formula=r"V = I\,(R_1 + R_2 + R_3)",
        symbols=(
            (r"V", "the voltage of the source, in mV"),
            (r"I", "the current, in mA"),
            (r"R_1, R_2, R_3", "the resistances, in Ω"),
        ),
        mistake="The current is divided among the resistors, as if they were in parallel.",
        check="Find the voltage of each resistor by itself and add the three.",
    ),
    "heat": Lesson(
        title="Heating a liquid and its vessel",
        text=r"""
        Making a body warmer takes heat, in proportion to its mass and to the rise in temperature;
        how much depends on what it is made of. The specific heat capacity is the heat for a unit
        of mass and a kelvin.

        The vessel gets as warm as the liquid and needs heat, too. Its heat capacity is given for
        the whole of it. So first add the heat capacities of both, then multiply by the rise.
        Nothing may melt, boil or lose heat to the surroundings.
        """,
        formula=r"Q = (m\,c + k)\,d",
        symbols=(
            (r"Q", "the heat"),
            (r"m, c", "mass and specific heat capacity of the liquid"),
            (r"k", "the heat capacity of the vessel"),
            (r"d", "the rise in temperature; a kelvin is as large as a degree Celsius"),
        ),
        mistake="The vessel is forgotten, or its heat capacity is multiplied by the liquid's mass.",
        check="Work out the heat for the liquid and for the vessel apart; together they are all.",
    ),
    "mixing": Lesson(
        title="Mixing warm and cold",
        text=r"""
        When two portions of the same substance are mixed, the warmer one gives off heat until
        both have one temperature. What one loses the other gains. So the result is the mean of
        the two temperatures, in which each portion counts by its mass.

        The substance does not matter if it is the same in both. Nothing may melt or boil, and
        no heat may be lost to the vessel or the air.
        """,
        formula=r"T = \frac{m_1 T_1 + m_2 T_2}{m_1 + m_2}",
        symbols=(
            (r"T", "the common temperature, in °C"),
            (r"m_1, m_2", "the masses of the portions, in kg"),
            (r"T_1, T_2", "their temperatures before, in °C"),
        ),
        mistake=r"""
        The total mass is taken for the mass of the second portion. That one is the total less the
        first.
        """,
        check="The result must lie between both temperatures, nearer to that of the larger mass.",
    ),
    "buoyancy": Lesson(
        title="Weight under water",
        text=r"""
        A liquid bears a body that is immersed in it, with a force as large as the weight of the
        liquid that had to make room (Archimedes' principle). So the body seems lighter by just
        that weight. Body and displaced liquid have the same volume; only the densities differ.

        It holds at every depth, and for every shape, as long as the body is wholly below the
        surface and does not rest on the bottom.
        """,
        formula=r"F = (\rho - \rho_0)\,V\,g",
        symbols=(
            (r"F", "the apparent weight"),
            (r"\rho, \rho_0", "the densities of the body and of the liquid"),
            (r"V", "the volume of the body"),
            (r"g", "the acceleration of free fall, here 10 m/s²"),
        ),
        mistake="The density of the body is used for the buoyancy; it is the liquid's that counts.",
        check=r"""
        Without the liquid the body weighs $\rho\,V g$. The result must be a part of this, the
        smaller, the denser the liquid is.
        """,
    ),
    "lever": Lesson(
        title="The balanced lever",
        text=r"""
        A force turns a lever the more, the farther from the pivot it acts. Force times arm is its
        torque. The lever is at rest when the torques that turn it one way and the other are
        equal, so each load counts with its own arm.

        The beam here is level and has no weight, and all forces are vertical, so that the arms
        are measured along the beam. A force on the same side as the loads must point upwards.
        """,
        formula=r"F\,e = p\,a + q\,b",
        symbols=(
            (r"F, e", "the force sought and its arm"),
            (r"p, a", "the first load and its arm"),
            (r"q, b", "the second load and its arm"),
        ),
        mistake="An arm is measured from the other load instead of from the pivot.",
        check=r"""
        If the force's arm is longer than both others, the force is less than both loads together.
        """,
    ),
    "torque": Lesson(
        title="Torques that do not balance",
        text=r"""
        Each load turns the beam about the pivot with a torque, force times arm. Torques in the
        same sense add up, those in the opposite sense are subtracted. What remains tells which
        side goes down, and how hard the beam would have to be held.

        The sense has to be fixed before: here it is positive to the left. The beam is level and
        without weight, and the loads pull straight down.
        """,
        formula=r"M = p\,a + q\,b - r\,c",
        symbols=(
            (r"M", "the resulting torque, in N·m"),
            (r"p, a", "the first load on the left, in N, and its arm, in m"),
            (r"q, b", "the second load on the left and its arm"),
            (r"r, c", "the load on the right and its arm"),
        ),
        mistake="Arms and loads are added up first and multiplied afterwards.",
        check="A load on the right with the torque of the result must bring the beam to rest.",
    ),
    "orbit": Lesson(
        title="Kepler's third law",
        text=r"""
        A planet farther out has a longer way to go and is slower as well. For all bodies about
        the same star, the squares of the periods are to each other as the cubes of the semi-major
        axes. If an orbit is 4 times as large, its period is $4 \cdot \sqrt{4} = 8$ times as long.

        The law holds for circles and for ellipses, if the masses of the bodies are negligible
        beside that of the star. Different stars must not be compared by it.
        """,
        formula=r"\left(\frac{T}{t}\right)^2 = \left(\frac{A}{a}\right)^3",
        symbols=(
            (r"t, T", "the periods of the inner and of the outer body"),
            (r"a, A", "the semi-major axes of their orbits"),
        ),
        mistake="The period is multiplied by the axes' ratio only, as if the speeds were equal.",
        check="The ratio of the periods, squared, must equal the ratio of the axes, cubed.",
    ),
    "lens": Lesson(
        title="Images by a thin lens",
        text=r"""
        A converging lens gathers the light from a point of the object in one point of the image.
        Three rays are easy to draw: the one parallel to the axis leaves through the far focal
        point, the one through the middle goes straight on, and the one through the near focal
        point leaves parallel to the axis.

        The nearer the object comes to the focal point, the farther away its image is. There is a
        real image only if the object is farther from the lens than the focal length.
        """,
        formula=r"\frac{1}{f} = \frac{1}{u} + \frac{1}{v}, \qquad v = \frac{u\,f}{u - f}",
        symbols=(
            (r"f", "the focal length"),
            (r"u", "the distance of the object from the lens"),
            (r"v", "the distance of the image from the lens"),
        ),
        mistake="The reciprocals are subtracted, and the result is not turned over at the end.",
        check=r"""
        The image is always farther away than the focal length. At twice the focal length, object
        and image are equally far from the lens.
        """,
    ),
}
