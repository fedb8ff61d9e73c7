"""Run inside the virtual environment: sgamesolver's logit Markov QRE of the front game at a lambda. One JSON document on stdout."""

import json
import os
import sys
from importlib.metadata import version

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import sgamesolver

from games import BATTLE_COST, ROUND_DISCOUNT, menu
from repeated import repeated


def front_game(positions, offers):
    """States: A's turns (positions 1..N-1), B's turns (position, offer), the end. A step lasts half a round."""
    numbers, discount = menu(offers), ROUND_DISCOUNT**0.5
    inner = range(1, positions)
    turn_of_a = {n: n - 1 for n in inner}
    turn_of_b = {(n, k): positions - 1 + (n - 1) * offers + k for n in inner for k in range(offers)}
    size = (positions - 1) * (offers + 1) + 1
    end = size - 1
    payoff, moves = [None] * size, [None] * size
    for n in inner:
        state = turn_of_a[n]
        payoff[state], moves[state] = np.zeros((2, offers, 1)), np.zeros((offers, 1, size))
        for k, share in enumerate(numbers):
            moves[state][k, 0, turn_of_b[n, k]] = 1
            answer = turn_of_b[n, k]
            paid, goes = np.zeros((2, 1, 2)), np.zeros((1, 2, size))
            paid[:, 0, 0], goes[0, 0, end] = (1 - share, share), 1
            paid[:, 0, 1] = -BATTLE_COST
            for after in (n - 1, n + 1):
                if after in (0, positions):
                    paid[0 if after == positions else 1, 0, 1] += discount * 0.5
                    goes[0, 1, end] += 0.5
                else:
                    goes[0, 1, turn_of_a[after]] += 0.5
            payoff[answer], moves[answer] = paid, goes
    payoff[end], moves[end] = np.zeros((2, 1, 1)), np.zeros((1, 1, size))
    moves[end][0, 0, end] = 1
    return payoff, moves, discount, turn_of_a


def main(positions, offers, lam):
    payoff, moves, discount, turn_of_a = front_game(positions, offers)

    def solve():
        homotopy = sgamesolver.homotopy.QRE(sgamesolver.SGame(payoff, moves, discount))
        homotopy.solver_setup(target_lambda=lam)
        homotopy.solver.verbose = 0
        homotopy.solve()
        return homotopy.equilibrium

    found, times = repeated(solve)
    answer = {}
    for n, state in turn_of_a.items():
        answer[f"offers at {n}"] = [float(p) for p in found.strategies[state, 0, :offers]]
        answer[f"values at {n}"] = [float(v) for v in found.values[state]]
    json.dump({"version": version("sgamesolver"), "times": times, "lambda": float(found.homotopy_parameter), "answer": answer}, sys.stdout)


main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
