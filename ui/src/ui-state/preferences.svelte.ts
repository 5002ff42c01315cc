// Theme and language of this window. The system decides until the person does; kept in localStorage.

import { LANGUAGES, type Language, useLanguage } from '../words';
import { read, write } from './stored';

export type Theme = 'light' | 'dark';

const THEME_KEY = 'beseda.theme';
const LANGUAGE_KEY = 'beseda.language';

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

class Preferences {
  #system = $state<Theme>(systemDark.matches ? 'dark' : 'light');
  #chosenTheme = $state<Theme | undefined>(readTheme());
  #language = $state<Language>(readLanguage());

  constructor() {
    systemDark.addEventListener('change', (event) => {
      this.#system = event.matches ? 'dark' : 'light';
      this.#show();
    });
    this.#show();
  }

  get theme(): Theme {
    return this.#chosenTheme ?? this.#system;
  }

  get language(): Language {
    return this.#language;
  }

  /** Coming back to what the system says also goes back to following it. */
  toggleTheme(): void {
    const next: Theme = this.theme === 'dark' ? 'light' : 'dark';
    this.#chosenTheme = next === this.#system ? undefined : next;
    write(THEME_KEY, this.#chosenTheme);
    this.#show();
  }

  toggleLanguage(): void {
    const at = LANGUAGES.indexOf(this.#language);
    this.#language = LANGUAGES[(at + 1) % LANGUAGES.length] ?? 'en';
    write(LANGUAGE_KEY, this.#language);
    this.#show();
  }

  #show(): void {
    useLanguage(this.#language);
    document.documentElement.dataset['theme'] = this.theme;
    document.documentElement.lang = this.#language;
  }
}

function readTheme(): Theme | undefined {
  const stored = read(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : undefined;
}

function readLanguage(): Language {
  const wanted = [read(LANGUAGE_KEY), ...navigator.languages];
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag?.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}

export const preferences = new Preferences();
