"""intake: takes in what job seekers write, understands it, decides safely, and answers."""

import os

# The reader's matrices are small: numpy's own threads on them double the processor's time and save none. It looks at
# this once, when it is first loaded. Who wants it otherwise sets it beforehand.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
