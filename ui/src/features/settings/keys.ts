// Keys that are pressed together, as the shell takes them (`Control+Alt+KeyB`) and as people read them (`Ctrl+Alt+B`). Pure.

type Pressed = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

const KEYS = /^(?:Key[A-Z]|Digit\d|F\d{1,2}|Numpad\d|Space|Enter|Insert|Home|End|PageUp|PageDown|Arrow(?:Up|Down|Left|Right)|Backquote|Minus|Equal|Comma|Period|Slash|Semicolon|Backslash|BracketLeft|BracketRight)$/;

const SIGNS: Record<string, string> = {
  Control: 'Ctrl',
  Backquote: '`',
  Minus: '-',
  Equal: '=',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Semicolon: ';',
  Backslash: '\\',
  BracketLeft: '[',
  BracketRight: ']',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** Undefined while only modifiers are down, and for keys that people type with: those would be taken from every program. */
export function keysOf(event: Pressed): string | undefined {
  if (!KEYS.test(event.code)) return undefined;
  const alone = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (alone && !/^F\d/.test(event.code)) return undefined;
  const modifiers = [event.ctrlKey && 'Control', event.altKey && 'Alt', event.shiftKey && 'Shift', event.metaKey && 'Super'];
  return [...modifiers.filter((one) => one !== false), event.code].join('+');
}

export function writtenKeys(keys: string): string {
  return keys
    .split('+')
    .map((key) => SIGNS[key] ?? key.replace(/^(?:Key|Digit)/, ''))
    .join('+');
}
