"""Recipes: a preset is a function that returns a whole configuration.

`tiny` shows a real promotion in under a minute, `laptop` is the main job of ten minutes on two
cores. Flags choose a recipe; `--set` changes a leaf.
"""

from collections.abc import Callable, Mapping

from ouroboros.config import Config, Exam, FamilyWall, Loop, Run, Training


def laptop() -> Config:
    """Three domains in one model: sums and elastic collisions from 4 digits, logic from 6 steps."""
    walls = {
        "reverse_addition": 4,
        "forward_addition": 4,
        "elastic_collision": 4,
        "boolean_chain": 6,
    }
    shares = {"reverse_addition": 2.3, "forward_addition": 5.4, "elastic_collision": 3.0}
    return Config(
        run=Run(name="laptop", preset="laptop"),
        families={name: FamilyWall(wall=wall) for name, wall in walls.items()},
        exam=Exam(items=96, final_items=240),
        training=Training(steps=1000, extra=1000, shares=shares),
        loop=Loop(
            generations=60,
            seconds=560,
            reserve=1.2,
            horizon=40,
            acceptance="calibrated",
            accept=0.5,  # small pieces keep labels clean even where few answers are believed
            bank=0.2,
            consolidation=500,
            examine_growth=2.0,
        ),
    )


def tiny() -> Config:
    """One family, the laptop's body at half its width, a short base and three generations."""
    return Config(
        run=Run(name="tiny", preset="tiny"),
        families={"reverse_addition": FamilyWall(wall=4)},
        exam=Exam(items=48, final_items=100),
        training=Training(steps=600, segment=150, examples=15000, tokens=1200),
        loop=Loop(
            generations=3,
            seconds=50,
            reserve=0.4,
            problems=32,
            steps=40,
            bands=2,
            bank_tokens=1000,
            consolidation=40,
        ),
        genome={"width": 32},
    )


PRESETS: Mapping[str, Callable[[], Config]] = {"tiny": tiny, "laptop": laptop}
