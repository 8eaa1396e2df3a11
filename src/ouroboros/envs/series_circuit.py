"""Resistors in a row: "i5r120r47r330u?" -> 021+74=761, 761+033=794, 794*5=5842, 2485."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

OTHERS = (("kohm", -3),)


class SeriesCircuit(Staged):
    """The voltage that drives a known current through three resistors in series."""

    name = "series_circuit"
    form = "i{i}r{r}r{s}r{t}u?"
    asked = "voltage across the whole chain"
    assumes = ("the three are in series", "wires, meters and sources have no resistance")
    givens = (
        Given(name="i", means="current", unit="mA", short=(2, 9), absent="0", also=(("A", -3),)),
        Given(name="r", means="first resistance", unit="ohm", absent="0", also=OTHERS),
        Given(name="s", means="second resistance", unit="ohm", absent="0", also=OTHERS),
        Given(name="t", means="third resistance", unit="ohm", absent="0", also=OTHERS),
    )
    steps = (
        Step("two", "r", "+", "s", "first two resistances together", "ohm"),
        Step("all", "two", "+", "t", "resistance of the whole chain", "ohm"),
        Step("u", "all", "*", "i", "voltage across the chain", "mV"),
    )
    cast = (
        ({"part": "coil"}, {"part": "shunt"}, {"part": "resistor"}),
        ({"part": "lamp"}, {"part": "loudspeaker"}, {"part": "heating wire"}, {"part": "resistor"}),
        ({"part": "relay"}, {"part": "platinum sensor"}, {"part": "resistor"}),
        ({"part": "photoresistor"}, {"part": "resistor"}),
    )
    templates = (
        (
            "Three {part}s of {r}, {s} and {t} are connected in series. A current of {i} flows "
            "through them. What is the voltage across the whole chain, in {unit}?"
        ),
        (
            "The same current of {i} passes through one {part} after another: {r}, {s} and {t}. "
            "Find the sum of the three voltages in {unit}."
        ),
        (
            "A string of three {part}s, whose resistances are {r}, {s} and {t}, is to carry {i}. "
            "Which voltage, in {unit}, must be applied to its ends?"
        ),
        (
            "A {part} of {r} is at the end of a long cable, whose two wires have {s} and {t}. An "
            "ideal source sends {i} out through one wire and back through the other. What is the "
            "voltage of the source, in {unit}?"
        ),
        (
            "An ideal ammeter shows {i} in a loop of a battery and three {part}s of {r}, {s} and "
            "{t}, all in series. The battery has no internal resistance. What is its voltage in "
            "{unit}?"
        ),
    )
