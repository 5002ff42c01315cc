// Keys pressed together, as they are written once ("Ctrl+Shift+K"): heard, shown, and told to assistive technology. Pure.

interface Chord {
  /** By its places, so that in a Russian layout Ctrl+N is Ctrl+N. */
  codes: readonly string[];
  /** What the key says, for keys that stand elsewhere in other layouts and mean the same; empty for letters. */
  key: string;
  control: boolean;
  /** Undefined: with it or without, as the layout needs it. */
  shift: boolean | undefined;
  alt: boolean;
}

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** As written: what the key says, and how `KeyboardEvent` calls its places. */
const NAMED: Record<string, [key: string, ...codes: string[]]> = {
  '↑': ['ArrowUp', 'ArrowUp'],
  '↓': ['ArrowDown', 'ArrowDown'],
  '←': ['ArrowLeft', 'ArrowLeft'],
  '→': ['ArrowRight', 'ArrowRight'],
  Esc: ['Escape', 'Escape'],
  ',': [',', 'Comma'],
  '.': ['.', 'Period'],
  '/': ['/', 'Slash'],
  '\\': ['\\', 'Backslash'],
  '+': ['+', 'Equal', 'NumpadAdd'],
  '-': ['-', 'Minus', 'NumpadSubtract'],
};

const EITHER: readonly string[] = ['+', '-'];

/** A plus may be the key itself. */
const parted = (written: string): string[] => written.split(/\+(?=.)/);

function chordOf(written: string): Chord {
  const parts = parted(written);
  const name = parts.at(-1)!;
  const letter = /^[A-Z]$/.test(name) ? [`Key${name}`] : /^\d$/.test(name) ? [`Digit${name}`, `Numpad${name}`] : undefined;
  const [key, ...codes] = letter ? ['', ...letter] : (NAMED[name] ?? [name, name]);
  return { key, codes, control: parts.includes('Ctrl'), shift: EITHER.includes(name) ? undefined : parts.includes('Shift'), alt: parts.includes('Alt') };
}

/** Whether this is what was pressed. The command key of a Mac counts as Control. */
export function presses(event: Pressed, written: string): boolean {
  const { key, codes, control, shift, alt } = chordOf(written);
  if ((event.ctrlKey || event.metaKey) !== control || event.altKey !== alt) return false;
  return (shift === undefined || event.shiftKey === shift) && (codes.includes(event.code) || (key !== '' && event.key === key));
}

/** Names of ARIA for what a person reads as a sign. */
const SPOKEN: Record<string, string> = { '↑': 'ArrowUp', '↓': 'ArrowDown', '←': 'ArrowLeft', '→': 'ArrowRight', Esc: 'Escape', '+': 'Plus', '-': 'Minus' };

/** For `aria-keyshortcuts`: all of them, with the names that assistive technology knows. */
export function spokenKeys(keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  return keys.map((written) => parted(written).map((part) => (part === 'Ctrl' ? 'Control' : (SPOKEN[part] ?? part))).join('+')).join(' ');
}
