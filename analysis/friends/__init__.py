"""Who befriends whom: five numbers of a pair of people, and how a score for them is judged honestly."""
