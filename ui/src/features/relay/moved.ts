// What has become of a move, for the screen after it.

export interface Moved {
  /** URL, as it was typed. */
  relay: string;
  /** Whether they know: told by the relay of before, not told by it since it did not answer, or left where they are. */
  others: 'told' | 'untold' | 'left' | 'nobody';
}
