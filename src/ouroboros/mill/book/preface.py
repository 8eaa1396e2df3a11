"""What every chapter says of itself, and its headings."""

from ouroboros.mill.book.chapter import Chapter, Problem

GRADES = ("\u25cf\u25cb\u25cb", "\u25cf\u25cf\u25cb", "\u25cf\u25cf\u25cf")
SUBTITLES = {
    "mathematics": "Numbers, sequences, equations, polynomials and matrices",
    "physics": "Motion, forces, heat, electricity and light",
    "logic": "Machines, algorithms and conclusions",
}
CONTENTS, ANSWERS = "Contents", "Answers"


def preface(chapter: Chapter) -> list[str]:
    """The paragraphs before the contents."""
    examples = sum(len(section.examples) for section in chapter.sections)
    exercises = sum(len(section.exercises) for section in chapter.sections)
    return [
        (
            f"This chapter has {counted(len(chapter.sections), 'section')}, with "
            f"{counted(examples, 'worked example')} and {counted(exercises, 'exercise')}. Each "
            "section begins with a lesson: what it is about, the formula, the usual mistake, and "
            "how to check a result. Then follow examples with their solutions, and exercises from "
            "easy to hard. The answers are at the end."
        ),
        (
            f"The dots beside an exercise tell how hard it is: {GRADES[0]} for a beginning, "
            f"{GRADES[1]} for practice, {GRADES[2]} for those who want more."
        ),
        (
            "Every answer was found in one way and confirmed in another that shares no method "
            f"with it. The problems were drawn with the seed {chapter.seed}; another seed gives "
            "others of the same kinds."
        ),
    ]


def counted(number: int, thing: str) -> str:
    """A number of things."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def grade_of(problem: Problem) -> str:
    """The mark for how hard a problem is."""
    return GRADES[problem.grade - 1]
