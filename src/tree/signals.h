#pragma once
/// Messages that no type sends in the limit, cut out of an extensive form as games of one sender
/// and one receiver.

#include <string>
#include <vector>

#include "melian/limit.h"

namespace melian::tree {

/// An unused message: what its senders would get from each reply, and what the receiver would.
struct Signal {
  int sender = 0, receiver = 0;
  int receiver_set = -1;
  std::string message;
  std::vector<int> type_sets;      ///< the sender's information sets that have the message
  std::vector<std::string> types;  ///< these in words
  std::vector<std::string> replies;
  std::vector<double> equilibrium;    ///< by type: its value in the limit
  std::vector<double> sender_gets;    ///< [type][reply]
  std::vector<double> receiver_gets;  ///< [type][reply]
  std::vector<double> belief;         ///< by type: the receiver's in the limit, after the message
  std::vector<double> reply;          ///< by reply: its probability in the limit
  std::vector<double> stake;          ///< by type: of the sender
  double receiver_stake = 0.0;
  std::string why_not;  ///< why payoffs cannot be told without beliefs; then they are empty

  [[nodiscard]] std::size_t num_types() const { return type_sets.size(); }
  [[nodiscard]] std::size_t num_replies() const { return replies.size(); }
  [[nodiscard]] double sender_at(std::size_t type, std::size_t reply) const {
    return sender_gets[type * replies.size() + reply];
  }
  [[nodiscard]] double receiver_at(std::size_t type, std::size_t reply) const {
    return receiver_gets[type * replies.size() + reply];
  }
};

struct Signals {
  int histories = 0;  ///< signalling histories that the limit reaches
  std::vector<Signal> unused;
  std::string unexamined;  ///< a set that several types may have led to by moves that are no
                           ///< messages in this sense; empty where there is none
};

[[nodiscard]] Signals find_signals(const ExtensiveForm& form, const TreeLimit& limit);

}  // namespace melian::tree
