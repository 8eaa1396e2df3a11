"""Resistors in a row: "i5r120r47r330u?" -> 021+74=761, 761+033=794, 794*5=5842, 2485."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class SeriesCircuit(Staged):
    """The voltage that drives a known current through three resistors in series."""

    name = "series_circuit"
    form = "i{i}r{r}r{s}r{t}u?"
    asked = "voltage across the whole chain"
    assumes = ("the three are in series", "wires, meters and sources have no resistance")
    givens = (
        Given(name="i", means="current", unit="mA", short=(2, 9), absent="0"),
        Given(name="r", means="first resistance", unit="ohm", absent="0"),
        Given(name="s", means="second resistance", unit="ohm", absent="0"),
        Given(name="t", means="third resistance", unit="ohm", absent="0"),
    )
    steps = (
        Step("two", "r", "+", "s", "first two resistances together", "ohm"),
        Step("all", "two", "+", "t", "resistance of the whole chain", "ohm"),
        Step("u", "all", "*", "i", "voltage across the chain", "mV"),
    )
    cast = (
        ({"part": "resistor"}, {"part": "coil"}, {"part": "wire"}),
        ({"part": "resistor"}, {"part": "coil"}, {"part": "headphone"}),
        ({"part": "resistor"}, {"part": "relay"}, {"part": "sensor"}),
        ({"part": "resistor"}, {"part": "photoresistor"}),
    )
    templates = (
        (
            "Three {part}s of {r}, {s} and {t} are connected in series. A current of {i} flows "
            "through them. What is the voltage across the whole chain, in {unit}?"
        ),
        (
            "The same current of {i} flows through one {part} after another: {r}, {s} and {t}. "
            "Find the sum of the voltages across the three, in {unit}."
        ),
        (
            "A chain of three {part}s with resistances of {r}, {s} and {t} is to carry {i}. What "
            "voltage, in {unit}, must be applied to its ends?"
        ),
        (
            "A {part} of {r} is in series with two others, of {s} and {t}. An ideal source drives "
            "{i} through all three. What is the voltage of the source, in {unit}?"
        ),
        (
            "An ideal ammeter shows {i} in a loop of a battery and three {part}s of {r}, {s} and "
            "{t}, all in series. The battery has no internal resistance. What is its voltage, in "
            "{unit}?"
        ),
    )
