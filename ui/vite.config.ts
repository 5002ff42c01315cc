import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

import { emojiNames } from './emoji-names.ts';
import { sentences } from './sentences.ts';

// On Node 20 vitest fails to print failures for want of this method of Node 21; all else of it works there.
if (!('groupBy' in Map)) {
  Object.assign(Map, {
    groupBy<T, K>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
      const groups = new Map<K, T[]>();
      let index = 0;
      for (const item of items) {
        const key = keyOf(item, index++);
        groups.set(key, [...(groups.get(key) ?? []), item]);
      }
      return groups;
    },
  });
}

export default defineConfig({
  plugins: [svelte(), svelteTesting(), emojiNames(), sentences()],
  // The window loads its files from the binary: no preloading, no old engines.
  build: { target: 'safari18', modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'], setupFiles: ['src/test-setup.ts'] },
});
