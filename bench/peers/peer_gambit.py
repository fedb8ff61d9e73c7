"""Run inside the virtual environment: pygambit's agent QRE of an .efg at a lambda. One JSON document on stdout."""

import json
import sys

import pygambit
import pygambit.qre as qre

from repeated import repeated


def by_information_set(game, point):
    """Odds of every action under "player/number": in either version information sets come in the order of the file."""
    if all(isinstance(player, str) for player in game.players):  # from 17 on
        return {
            f"{player}/{k + 1}": [p for _, p in odds]
            for player in game.players
            for k, (_, odds) in enumerate(point.profile[player])
        }
    # 16.7.0 cannot give the profile ("outside a Game"); its numbers can be read one after another all the same.
    numbers = iter([point[k] for k in range(len(point))])
    return {
        f"{infoset.player.label}/{k + 1}": [next(numbers) for _ in infoset.actions]
        for player in game.players
        for k, infoset in enumerate(player.infosets)
    }


def main(path, precision):
    game = pygambit.read_efg(path)
    points, times = repeated(lambda: qre.logit_solve_lambda(game, [precision]))
    answer = {name: [float(p) for p in odds] for name, odds in by_information_set(game, points[0]).items()}
    json.dump({"version": pygambit.__version__, "times": times, "lambda": points[0].lam, "answer": answer}, sys.stdout)


main(sys.argv[1], float(sys.argv[2]))
