// At build time: the .ftl files parsed. In the window that took 25 ms of a start, for sentences that never change.

import { readFileSync } from 'node:fs';

import { FluentResource } from '@fluent/bundle';
import type { Plugin } from 'vite';

export function sentences(): Plugin {
  return {
    name: 'sentences',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith('.ftl')) return undefined;
      const { body } = new FluentResource(readFileSync(id, 'utf8'));
      const patterns = Object.fromEntries(body.map(({ id: key, value }) => [key, value]));
      // Read when the language is first spoken, and as a string: that is quicker than the same as code.
      return `export default () => JSON.parse(${quoted(JSON.stringify(patterns))});`;
    },
  };
}

/** As a template, in which the many quotation marks of JSON need no marks of their own. */
function quoted(json: string): string {
  return `\`${json.replaceAll(/[\\`]|\$\{/g, String.raw`\$&`)}\``;
}
