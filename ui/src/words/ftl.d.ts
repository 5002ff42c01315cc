declare module '*.ftl' {
  import type { FluentResource } from '@fluent/bundle';

  /** The patterns of all sentences, by their keys. */
  const read: () => Record<string, FluentResource['body'][number]['value']>;
  export default read;
}
