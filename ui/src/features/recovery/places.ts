// Which of the recovery words are asked back.

/** As many as the core wants to hear. */
export const ASKED_BACK = 3;

/** Different places from 1 to `of`, rising. `random` answers a whole number from 0 up to, not including, its argument. */
export function choosePlaces(of: number, random: (below: number) => number): number[] {
  const places = Array.from({ length: of }, (_, at) => at + 1);
  const chosen: number[] = [];
  while (chosen.length < ASKED_BACK && places.length > 0) chosen.push(...places.splice(random(places.length), 1));
  return chosen.toSorted((a, b) => a - b);
}

/** From the system's own randomness. */
export function randomBelow(below: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % below;
}
