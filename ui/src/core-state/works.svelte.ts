// What takes a while in the core of an account, and how far it has come.

import type { Work } from '../generated/Work';
import { perAccount } from './account.svelte';

class Works {
  /** `percent`: whole ones. */
  current = $state.raw<{ work: Work; percent: number } | undefined>();

  put(work: Work, done: number, all: number): void {
    this.current = done < all ? { work, percent: Math.floor((100 * done) / all) } : undefined;
  }

  /** Of this work, in percent; undefined where it is not being done. */
  of(work: Work): number | undefined {
    return this.current?.work === work ? this.current.percent : undefined;
  }
}

export const works = perAccount(() => new Works());
