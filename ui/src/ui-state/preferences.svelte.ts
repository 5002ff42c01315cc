// How this window looks and speaks, whichever account is in it: theme, colour, sizes, language. Kept in localStorage of this
// machine; other windows follow at once. For theme and language the system decides until the person does.

import { zoomPage } from '../host';
import { LANGUAGES, type Language, useLanguage } from '../words';
import { read, write } from './stored';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Each has its colours in components/accents.css. */
export const ACCENTS = ['green', 'blue', 'violet', 'rose', 'amber', 'graphite'] as const;
export type Accent = (typeof ACCENTS)[number];

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

/** Size of ordinary text against what the design was drawn with. */
export const TEXT_SIZES = { small: 0.9, normal: 1, large: 1.15, largest: 1.3 } as const;
export type TextSize = keyof typeof TEXT_SIZES;

/** Percent. */
export const ZOOMS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;
const NO_ZOOM = 100;

/** Height of a row of the chat list, in pixels, at the normal size of text. */
const ROWS: Record<Density, number> = { comfortable: 68, compact: 52 };

const KEYS = {
  theme: 'beseda.theme',
  accent: 'beseda.accent',
  density: 'beseda.density',
  text: 'beseda.text',
  zoom: 'beseda.zoom',
  language: 'beseda.language',
};

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

class Preferences {
  #systemDark = $state(systemDark.matches);
  #systemLanguage = $state(languageOf(navigator.languages));
  #theme = $state<Theme>('system');
  #accent = $state<Accent>('green');
  #density = $state<Density>('comfortable');
  #text = $state<TextSize>('normal');
  #zoom = $state<number>(NO_ZOOM);
  #language = $state<Language | undefined>();

  constructor() {
    systemDark.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.#show();
    });
    window.addEventListener('languagechange', () => {
      this.#systemLanguage = languageOf(navigator.languages);
      this.#show();
    });
    // Told of what another window has written, never of what this one has.
    window.addEventListener('storage', (event) => {
      if (event.key === null || Object.values(KEYS).includes(event.key)) this.#read();
    });
    this.#read();
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    this.#keep(KEYS.theme, theme, 'system');
  }

  /** What is on screen. */
  get dark(): boolean {
    return this.#theme === 'system' ? this.#systemDark : this.#theme === 'dark';
  }

  get accent(): Accent {
    return this.#accent;
  }

  set accent(accent: Accent) {
    this.#accent = accent;
    this.#keep(KEYS.accent, accent, 'green');
  }

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    this.#keep(KEYS.density, density, 'comfortable');
  }

  get text(): TextSize {
    return this.#text;
  }

  set text(text: TextSize) {
    this.#text = text;
    this.#keep(KEYS.text, text, 'normal');
  }

  /** Percent. */
  get zoom(): number {
    return this.#zoom;
  }

  /** One step up or down; 0: as it was made. */
  zoomBy(step: 1 | -1 | 0): void {
    const next = step === 1 ? ZOOMS.find((zoom) => zoom > this.#zoom) : step === -1 ? ZOOMS.findLast((zoom) => zoom < this.#zoom) : NO_ZOOM;
    if (next === undefined || next === this.#zoom) return;
    this.#zoom = next;
    this.#keep(KEYS.zoom, String(next), String(NO_ZOOM));
    void this.#showZoom();
  }

  /** Of the window. */
  get language(): Language {
    return this.#language ?? this.#systemLanguage;
  }

  get chosenLanguage(): Language | 'system' {
    return this.#language ?? 'system';
  }

  set chosenLanguage(language: Language | 'system') {
    this.#language = language === 'system' ? undefined : language;
    this.#keep(KEYS.language, language, 'system');
  }

  /** Height of a row of the chat list, in pixels. */
  get row(): number {
    return Math.round(ROWS[this.#density] * TEXT_SIZES[this.#text]);
  }

  /** Between light and dark; coming back to what the system says also goes back to following it. */
  toggleTheme(): void {
    const dark = !this.dark;
    this.theme = dark === this.#systemDark ? 'system' : dark ? 'dark' : 'light';
  }

  toggleLanguage(): void {
    const at = LANGUAGES.indexOf(this.language);
    this.chosenLanguage = LANGUAGES[(at + 1) % LANGUAGES.length] ?? 'system';
  }

  #keep(key: string, value: string, usual: string): void {
    write(key, value === usual ? undefined : value);
    this.#show();
  }

  #read(): void {
    const before = this.#zoom;
    this.#theme = oneOf(THEMES, read(KEYS.theme)) ?? 'system';
    this.#accent = oneOf(ACCENTS, read(KEYS.accent)) ?? 'green';
    this.#density = oneOf(DENSITIES, read(KEYS.density)) ?? 'comfortable';
    this.#text = oneOf(Object.keys(TEXT_SIZES) as TextSize[], read(KEYS.text)) ?? 'normal';
    this.#zoom = ZOOMS.find((zoom) => String(zoom) === read(KEYS.zoom)) ?? NO_ZOOM;
    this.#language = oneOf(LANGUAGES, read(KEYS.language));
    this.#show();
    if (this.#zoom !== before) void this.#showZoom();
  }

  #show(): void {
    useLanguage(this.language);
    const root = document.documentElement;
    root.dataset['theme'] = this.dark ? 'dark' : 'light';
    root.dataset['accent'] = this.#accent;
    root.dataset['density'] = this.#density;
    root.lang = this.language;
    root.style.setProperty('--text-scale', String(TEXT_SIZES[this.#text]));
    root.style.setProperty('--row', `${this.row}px`);
  }

  async #showZoom(): Promise<void> {
    // A webview that cannot zoom shows everything all the same.
    await zoomPage(this.#zoom / 100).catch(() => undefined);
  }
}

function oneOf<T extends string>(all: readonly T[], value: string | null): T | undefined {
  return all.find((one) => one === value);
}

function languageOf(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = oneOf(LANGUAGES, tag.toLowerCase().split('-')[0] ?? null);
    if (found) return found;
  }
  return 'en';
}

export const preferences = new Preferences();
