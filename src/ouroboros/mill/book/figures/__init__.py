"""Figures: one drawing for each family that is clearer with a picture.

    figure = draw("kinematics", facts)
    figure.svg        "<svg ..."
    figure.caption    "The cart at first and afterwards; each arrow is a speed."

A drawing shows one concrete problem, from its facts alone. What is asked for is drawn as a
question mark, unless the picture is the solution itself. Not covered: families of plugins.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ouroboros.mill.book.figures import (
    circuits,
    columns,
    fields,
    graphs,
    lines,
    machines,
    maps,
    matter,
    motion,
)
from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing and what it shows."""

    svg: str
    caption: str


Drawing = tuple[Callable[[Facts], Sketch | None], str]

DRAWINGS: dict[str, Drawing] = {
    "reverse_addition": (
        columns.reverse_addition,
        "The sum in columns. Each carry stands above the column that it is added to.",
    ),
    "forward_addition": (
        lines.forward_addition,
        "The sum as jumps: first by the highest place, then by the next (not to scale).",
    ),
    "subtraction": (
        lines.subtraction,
        "The difference as a way up from the smaller number, by round numbers (not to scale).",
    ),
    "short_multiplication": (
        columns.short_multiplication,
        "The product as a rectangle, cut by hundreds, tens and ones (not to scale).",
    ),
    "multiplication": (
        columns.multiplication,
        "The product as a rectangle; the partial products add up to it (not to scale).",
    ),
    "division": (
        columns.division,
        "The short division. Each remainder stands small in front of the next digit.",
    ),
    "long_division": (columns.long_division, "The long division, line below line."),
    "modulus": (
        lines.modulus,
        "The number between two neighbouring multiples; the thick line is the remainder.",
    ),
    "gcd": (
        lines.gcd,
        (
            "A rectangle with these sides, cut into squares, always the largest that fits. The "
            "side of the smallest ones is the greatest common divisor."
        ),
    ),
    "fractions": (lines.fractions, "Both fractions on the number line."),
    "base_addition": (
        columns.base_addition,
        "The sum in columns. Each carry stands above the column that it is added to.",
    ),
    "base_conversion": (
        columns.base_conversion,
        "The digits of the result, and the powers of the base that they count.",
    ),
    "sequences": (lines.sequences, "The terms, and below them what leads from one to the next."),
    "lattice_paths": (
        lines.lattice_paths,
        "At every open crossing stands the number of ways that lead there from the start.",
    ),
    "binomial": (
        lines.binomial,
        "Pascal's triangle. The ringed entry is the number of choices.",
    ),
    "linear_equation": (
        graphs.linear_equation,
        "The two sides of the equation as lines. They meet at the solution.",
    ),
    "linear_system": (
        graphs.linear_system,
        "Each equation is a line; the point on both is the solution.",
    ),
    "derivative": (
        graphs.derivative,
        (
            "The graph of the polynomial and its tangent at x = 1. The derivative gives the slope "
            "(the axes have different scales)."
        ),
    ),
    "integral": (
        graphs.integral,
        (
            "The graph of the polynomial. The antiderivative at x = 1 is the shaded area, areas "
            "below the axis counted as negative (the axes have different scales)."
        ),
    ),
    "expansion": (
        graphs.expansion,
        "The four products. The lower left and the upper right one are like terms.",
    ),
    "factoring": (
        graphs.factoring,
        "The product as a square of four parts. The two empty ones together are known.",
    ),
    "determinant": (
        graphs.determinant,
        "The columns of the matrix span a parallelogram. Its area is the size of the determinant.",
    ),
    "matrix_product": (
        graphs.matrix_product,
        "Each entry of the product meets a row of the first matrix and a column of the second.",
    ),
    "kinematics": (motion.kinematics, "The body at first and afterwards; each arrow is a speed."),
    "braking": (motion.braking, "The body before and after it has braked; each arrow is a speed."),
    "projectile": (motion.projectile, "The height as time goes by."),
    "collision": (motion.collision, "Before and after the collision; each arrow is a speed."),
    "elastic_collision": (
        motion.elastic_collision,
        "Before and after the bounce; each arrow is a speed.",
    ),
    "springs": (
        matter.springs,
        "Both springs change their length by the same amount; here they are stretched.",
    ),
    "pendulum": (
        motion.pendulum,
        "What counts is the height between the start and the lowest point.",
    ),
    "incline": (
        matter.incline,
        "The ramp at its true angle, with the weight, the friction and the pull.",
    ),
    "momentum": (motion.momentum, "The three bodies; each arrow is a speed."),
    "rocket": (motion.rocket, "The thrust and the weight at lift-off."),
    "circuit": (circuits.circuit, "The network between its terminals."),
    "series_circuit": (circuits.series_circuit, "One current flows through all three."),
    "orbit": (fields.orbit, "Both orbits to scale, drawn as circles about the star."),
    "heat": (matter.heat, "The heat warms the liquid and the vessel by the same amount."),
    "mixing": (matter.mixing, "Both portions before, and the whole afterwards."),
    "buoyancy": (matter.buoyancy, "The liquid bears a part of the weight."),
    "lever": (
        matter.lever,
        (
            "The balance as a lever with two arms, to scale. A force upwards on the side of the "
            "loads would have the same torque."
        ),
    ),
    "torque": (matter.torque, "The beam on its pivot, its arms to scale. The loads pull down."),
    "lens": (
        fields.lens,
        "Three rays from the tip of the object meet in the tip of its image (not to scale).",
    ),
    "reverse": (machines.reverse, "A pile turns the order round."),
    "parity_chain": (machines.parity_chain, "Each 1 flips the switch, each 0 leaves it alone."),
    "stack_depth": (machines.stack_depth, "The height at first and after each sign."),
    "finite_automaton": (machines.finite_automaton, "The states in the order of the walk."),
    "stack_program": (
        machines.stack_program,
        "The stack at first and after each instruction, its top in another colour.",
    ),
    "sorting": (
        machines.sorting,
        "Line by line one more digit is put in its place; the grey ones are still to come.",
    ),
    "increasing_subsequence": (
        machines.increasing_subsequence,
        "The numbers as heights. One of the longest rises is joined up.",
    ),
    "shortest_path": (maps.shortest_path, "The map, not to scale. The thick line is the answer."),
    "maze": (maps.maze, "In each square stands the least number of steps from S to it."),
    "boolean_chain": (machines.boolean_chain, "The values from left to right."),
    "boolean_expression": (
        maps.boolean_expression,
        "The expression as a tree, worked out from the leaves to the root.",
    ),
    "proof": (
        maps.proof,
        "What is known at first stands at the left; arrows lead to what follows from it.",
    ),
}


def draw(family: str, facts: Facts) -> Figure | None:
    """The figure of a problem; None where its family has none, or this problem is too large."""
    if family not in DRAWINGS:
        return None
    drawing, caption = DRAWINGS[family]
    sketch = drawing(facts)
    return None if sketch is None else Figure(svg=sketch.svg(), caption=caption)
