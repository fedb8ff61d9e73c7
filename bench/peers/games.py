"""The games that are compared, as texts in Melian's language."""


def menu(offers):
    """Offers off the points where an answer is a tie: ties separate one solver's limit from another's, not their equilibria."""
    return [round((k + 0.25) / offers, 12) for k in range(offers)]


def listed(numbers):
    return "{" + ", ".join(repr(number) for number in numbers) + "}"


def screening(rounds):
    """Powell-style screening, three offers: S is uninformed and proposes, a refusal costs a battle."""
    return f"""model "Screening"
player S
player D types weak 0.6, tough 0.4
param cost[D]: weak = 0.07, tough = 0.02
horizon {rounds} rounds then end fight_to_the_finish: S gets 0.25, D gets 0.5 - 5 * cost[D]
phase war {{
  S offers y in {{0.1, 0.25, 0.4}}
  D chooses answer {{ accept {{ end settlement: S gets 1 - y, D gets y }}  refuse }}
  S pays 0.05, D pays cost[D]
  time passes
  chance battle {{
    D_collapses with 0.1 {{ end D_collapses: S gets 1 }}
    S_collapses with 0.1 {{ end S_collapses: D gets 1 }}
    both_stand  otherwise
  }}
}}
"""


def one_shot(offers, types):
    """One offer by an uninformed side, one answer by a side whose cost of fighting is private."""
    names = [f"t{k + 1}" for k in range(types)]
    prior = ", ".join(f"{name} {1 / types:.12g}" for name in names[:-1])
    rest = 1 - sum(float(f"{1 / types:.12g}") for _ in names[:-1])
    costs = ", ".join(f"{name} = {0.05 + 0.3 * k / max(types - 1, 1):.6g}" for k, name in enumerate(names))
    return f"""model "One offer"
player S
player D types {prior}, {names[-1]} {rest!r}
param cost[D]: {costs}
phase talks {{
  S offers y in {listed(menu(offers))}
  D chooses answer {{
    accept {{ end settlement: S gets 1 - y, D gets y }}
    refuse {{ end war: S gets 0.3, D gets 0.5 - cost[D] }}
  }}
}}
"""


# The front game, for both programs: half a round passes after an offer, half after its refusal, each discounted by the root.
ROUND_DISCOUNT = 0.9
BATTLE_COST = 0.05


def fronts(positions, offers):
    """Complete information: a front moves a step a battle between total defeats; A offers in every round until someone wins."""
    return f"""model "Front positions"
player A
player B
param discount = {ROUND_DISCOUNT ** 0.5!r}
param start = {positions // 2} in 1..{positions - 1}
state front in 0..{positions} = start
horizon forever
phase war {{
  A offers y in {listed(menu(offers))}
  time passes
  B chooses answer {{ accept {{ end settlement: A gets 1 - y, B gets y }}  refuse }}
  A pays {BATTLE_COST}, B pays {BATTLE_COST}
  time passes
  chance battle {{ A_gains with 0.5 {{ front rises by 1 }}  B_gains otherwise {{ front falls by 1 }} }}
  when front is {positions} {{ end A_wins: A gets 1 }}
  when front is 0 {{ end B_wins: B gets 1 }}
}}
"""
