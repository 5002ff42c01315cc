// What a poll shows. Pure.

import type { PollView } from '../../generated/PollView';

/** Of those who voted, in whole per cent; nobody has voted: 0. */
export function share(poll: PollView, votes: number): number {
  return poll.voters === 0 ? 0 : Math.round((votes / poll.voters) * 100);
}

export function voted(poll: PollView): boolean {
  return poll.options.some((option) => option.mine);
}
