"""The answering half of the families: what is true, judged by two independent routes."""

from collections.abc import Sequence

from ouroboros.plugins import load_plugins
from ouroboros_judges.answers.base import Answers

__all__ = ["BUILT_IN", "Answers", "load_answers"]

BUILT_IN = {
    "reverse_addition": "ouroboros_judges.answers.addition:ReverseAdditionAnswers",
    "forward_addition": "ouroboros_judges.answers.addition:ForwardAdditionAnswers",
    "subtraction": "ouroboros_judges.answers.subtraction:SubtractionAnswers",
    "short_multiplication": "ouroboros_judges.answers.multiplication:ShortMultiplicationAnswers",
    "multiplication": "ouroboros_judges.answers.multiplication:MultiplicationAnswers",
    "division": "ouroboros_judges.answers.division:DivisionAnswers",
    "long_division": "ouroboros_judges.answers.division:LongDivisionAnswers",
    "modulus": "ouroboros_judges.answers.modulus:ModulusAnswers",
    "gcd": "ouroboros_judges.answers.gcd:GcdAnswers",
    "fractions": "ouroboros_judges.answers.fractions:FractionsAnswers",
    "base_addition": "ouroboros_judges.answers.base_addition:BaseAdditionAnswers",
    "base_conversion": "ouroboros_judges.answers.base_conversion:BaseConversionAnswers",
    "sequences": "ouroboros_judges.answers.sequences:SequencesAnswers",
    "lattice_paths": "ouroboros_judges.answers.lattice_paths:LatticePathsAnswers",
    "binomial": "ouroboros_judges.answers.binomial:BinomialAnswers",
    "linear_equation": "ouroboros_judges.answers.linear_equation:LinearEquationAnswers",
    "linear_system": "ouroboros_judges.answers.linear_system:LinearSystemAnswers",
    "derivative": "ouroboros_judges.answers.calculus:DerivativeAnswers",
    "integral": "ouroboros_judges.answers.calculus:IntegralAnswers",
    "expansion": "ouroboros_judges.answers.expansion:ExpansionAnswers",
    "factoring": "ouroboros_judges.answers.factoring:FactoringAnswers",
    "determinant": "ouroboros_judges.answers.determinant:DeterminantAnswers",
    "matrix_product": "ouroboros_judges.answers.matrix_product:MatrixProductAnswers",
    "kinematics": "ouroboros_judges.answers.kinematics:KinematicsAnswers",
    "braking": "ouroboros_judges.answers.braking:BrakingAnswers",
    "projectile": "ouroboros_judges.answers.projectile:ProjectileAnswers",
    "collision": "ouroboros_judges.answers.collision:CollisionAnswers",
    "elastic_collision": "ouroboros_judges.answers.collision:ElasticCollisionAnswers",
    "springs": "ouroboros_judges.answers.springs:SpringsAnswers",
    "pendulum": "ouroboros_judges.answers.pendulum:PendulumAnswers",
    "incline": "ouroboros_judges.answers.incline:InclineAnswers",
    "momentum": "ouroboros_judges.answers.momentum:MomentumAnswers",
    "rocket": "ouroboros_judges.answers.rocket:RocketAnswers",
    "circuit": "ouroboros_judges.answers.circuit:CircuitAnswers",
    "series_circuit": "ouroboros_judges.answers.series_circuit:SeriesCircuitAnswers",
    "orbit": "ouroboros_judges.answers.orbit:OrbitAnswers",
    "heat": "ouroboros_judges.answers.heat:HeatAnswers",
    "mixing": "ouroboros_judges.answers.heat:MixingAnswers",
    "buoyancy": "ouroboros_judges.answers.buoyancy:BuoyancyAnswers",
    "lever": "ouroboros_judges.answers.lever:LeverAnswers",
    "torque": "ouroboros_judges.answers.lever:TorqueAnswers",
    "lens": "ouroboros_judges.answers.lens:LensAnswers",
    "copy": "ouroboros_judges.answers.strings:CopyAnswers",
    "reverse": "ouroboros_judges.answers.strings:ReverseAnswers",
    "parity_chain": "ouroboros_judges.answers.parity:ParityChainAnswers",
    "boolean_chain": "ouroboros_judges.answers.boolean_chain:BooleanChainAnswers",
    "boolean_expression": "ouroboros_judges.answers.boolean_expression:BooleanExpressionAnswers",
    "satisfiability": "ouroboros_judges.answers.satisfiability:SatisfiabilityAnswers",
    "proof": "ouroboros_judges.answers.proof:ProofAnswers",
    "syllogism": "ouroboros_judges.answers.syllogism:SyllogismAnswers",
    "knights": "ouroboros_judges.answers.knights:KnightsAnswers",
    "stack_depth": "ouroboros_judges.answers.automata:StackDepthAnswers",
    "finite_automaton": "ouroboros_judges.answers.automata:FiniteAutomatonAnswers",
    "stack_program": "ouroboros_judges.answers.stack_program:StackProgramAnswers",
    "sorting": "ouroboros_judges.answers.sorting:SortingAnswers",
    "increasing_subsequence": "ouroboros_judges.answers.subsequence:IncreasingSubsequenceAnswers",
    "shortest_path": "ouroboros_judges.answers.shortest_path:ShortestPathAnswers",
    "maze": "ouroboros_judges.answers.maze:MazeAnswers",
}


def load_answers(names: Sequence[str] | None = None) -> dict[str, Answers]:
    """The answers of these families, in this order; all, plugins included, for None.

    Raises:
        UsageError: An unknown name; the message lists the known ones.
        PluginError: A plugin that cannot be loaded; the message names it.
    """
    return load_plugins(
        kind="answers",
        group="ouroboros_judges.answers",
        built_in=BUILT_IN,
        names=names,
        protocol=Answers,
    )
