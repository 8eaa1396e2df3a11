"""Families of problems, the asking half: what is a task at level 12, and how does it read.

The answering half (what is true) lives in `ouroboros_judges.answers`, in another process.
"""

from collections.abc import Sequence

from ouroboros.envs.base import Family, Format
from ouroboros.plugins import load_plugins

__all__ = ["BUILT_IN", "Family", "Format", "load_families"]

BUILT_IN = {
    "reverse_addition": "ouroboros.envs.addition:ReverseAddition",
    "forward_addition": "ouroboros.envs.addition:ForwardAddition",
    "subtraction": "ouroboros.envs.subtraction:Subtraction",
    "short_multiplication": "ouroboros.envs.multiplication:ShortMultiplication",
    "multiplication": "ouroboros.envs.multiplication:Multiplication",
    "division": "ouroboros.envs.division:Division",
    "long_division": "ouroboros.envs.division:LongDivision",
    "modulus": "ouroboros.envs.modulus:Modulus",
    "gcd": "ouroboros.envs.gcd:Gcd",
    "fractions": "ouroboros.envs.fractions:Fractions",
    "base_addition": "ouroboros.envs.base_addition:BaseAddition",
    "base_conversion": "ouroboros.envs.base_conversion:BaseConversion",
    "sequences": "ouroboros.envs.sequences:Sequences",
    "lattice_paths": "ouroboros.envs.lattice_paths:LatticePaths",
    "binomial": "ouroboros.envs.binomial:Binomial",
    "linear_equation": "ouroboros.envs.linear_equation:LinearEquation",
    "linear_system": "ouroboros.envs.linear_system:LinearSystem",
    "derivative": "ouroboros.envs.calculus:Derivative",
    "integral": "ouroboros.envs.calculus:Integral",
    "expansion": "ouroboros.envs.expansion:Expansion",
    "factoring": "ouroboros.envs.factoring:Factoring",
    "determinant": "ouroboros.envs.determinant:Determinant",
    "matrix_product": "ouroboros.envs.matrix_product:MatrixProduct",
    "kinematics": "ouroboros.envs.kinematics:Kinematics",
    "braking": "ouroboros.envs.braking:Braking",
    "projectile": "ouroboros.envs.projectile:Projectile",
    "collision": "ouroboros.envs.collision:Collision",
    "elastic_collision": "ouroboros.envs.collision:ElasticCollision",
    "springs": "ouroboros.envs.springs:Springs",
    "pendulum": "ouroboros.envs.pendulum:Pendulum",
    "incline": "ouroboros.envs.incline:Incline",
    "momentum": "ouroboros.envs.momentum:Momentum",
    "rocket": "ouroboros.envs.rocket:Rocket",
    "circuit": "ouroboros.envs.circuit:Circuit",
    "series_circuit": "ouroboros.envs.series_circuit:SeriesCircuit",
    "orbit": "ouroboros.envs.orbit:Orbit",
    "heat": "ouroboros.envs.heat:Heat",
    "mixing": "ouroboros.envs.heat:Mixing",
    "buoyancy": "ouroboros.envs.buoyancy:Buoyancy",
    "lever": "ouroboros.envs.lever:Lever",
    "torque": "ouroboros.envs.lever:Torque",
    "lens": "ouroboros.envs.lens:Lens",
    "copy": "ouroboros.envs.strings:Copy",
    "reverse": "ouroboros.envs.strings:Reverse",
    "parity_chain": "ouroboros.envs.parity:ParityChain",
    "boolean_chain": "ouroboros.envs.boolean_chain:BooleanChain",
    "boolean_expression": "ouroboros.envs.boolean_expression:BooleanExpression",
    "satisfiability": "ouroboros.envs.satisfiability:Satisfiability",
    "proof": "ouroboros.envs.proof:Proof",
    "syllogism": "ouroboros.envs.syllogism:Syllogism",
    "knights": "ouroboros.envs.knights:Knights",
    "stack_depth": "ouroboros.envs.automata:StackDepth",
    "finite_automaton": "ouroboros.envs.automata:FiniteAutomaton",
    "stack_program": "ouroboros.envs.stack_program:StackProgram",
    "sorting": "ouroboros.envs.sorting:Sorting",
    "increasing_subsequence": "ouroboros.envs.subsequence:IncreasingSubsequence",
    "shortest_path": "ouroboros.envs.shortest_path:ShortestPath",
    "maze": "ouroboros.envs.maze:Maze",
}


def load_families(names: Sequence[str] | None = None) -> dict[str, Family]:
    """The families of these names, in this order; all of them, plugins included, for None.

    Raises:
        UsageError: An unknown name; the message lists the known ones.
        PluginError: A plugin that cannot be loaded; the message names it.
    """
    return load_plugins(
        kind="family",
        group="ouroboros.families",
        built_in=BUILT_IN,
        names=names,
        protocol=Family,
    )
