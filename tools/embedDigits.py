"""Writes the handwritten digits of scikit-learn as a module: src/lm/tasks/pictures/digits/generated.ts, which is kept in git.

    python tools/embedDigits.py        with scikit-learn 1.9.1; other versions carry the same file

The data are the testing part of "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (1998),
https://doi.org/10.24432/C50P49, CC BY 4.0. One letter per pixel: packed into bits and written in base64 the same grey levels are a third shorter, but not
once they are compressed (43 to 47 kB), and need a program to unpack them.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).resolve().parents[1] / "src/lm/tasks/pictures/digits/generated.ts"

digits = load_digits()
levels = digits.images.astype(np.uint8)
assert levels.shape == (1797, 8, 8) and levels.max() == 16 and np.array_equal(levels, digits.images)
letters = "".join(chr(ord("A") + level) for level in levels.reshape(-1))
labels = "".join(str(label) for label in digits.target)
TARGET.write_text(
    f"""// Written by tools/embedDigits.py from scikit-learn's copy of "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak, UCI 1998, CC BY 4.0).
/** What each picture shows, 1,797 digits. */
export const labels: string =
  '{labels}';
/** The grey levels, 64 letters per picture, row by row: A is 0, Q is 16. */
export const levels: string =
  '{letters}';
""",
    encoding="utf-8",
)
print(f"{TARGET.name}: {len(labels)} pictures")
