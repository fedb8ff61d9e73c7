"""How often a call is repeated, and its CPU time: user and system, of this process alone, imports left out."""

import time


def repeated(call):
    times = []
    while True:
        begun = time.process_time()
        answer = call()
        times.append(time.process_time() - begun)
        if len(times) >= (7 if times[0] < 1 else 3 if times[0] < 6 else 1):
            return answer, times
