import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { saysWhere } from '../../components/markup/address';
import { opened, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { followLink } from '../../ui-state/links';
import { useLanguage } from '../../words';
import OpenLink from './OpenLink.svelte';
import { partsOf } from './parts';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

describe('a link out of the app', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
  });

  it.each([
    ['https://example.org/a', 'https://example.org/a'],
    ['example.org', 'http://example.org/'],
    ['anna@example.org', 'mailto:anna@example.org'],
  ])('whose words %s are its address is opened at once', (text, url) => {
    expect(saysWhere(text, url)).toBe(true);
    followLink(url, saysWhere(text, url));
    expect(opened).toEqual([url]);
    expect(dialogs.open).toBeUndefined();
  });

  it.each([
    ['my bank', 'https://evil.example/'],
    ['https://bank.example/', 'https://evil.example/'],
    // Cyrillic а.
    ['https://аpple.com/', 'https://xn--pple-43d.com/'],
    ['https://bank.example@evil.example/', 'https://bank.example@evil.example/'],
    ['https://example.org/\na', 'https://example.org/a'],
    ['', 'https://example.org/'],
  ])('with the words %j is shown first', (text, url) => {
    expect(saysWhere(text, url)).toBe(false);
    followLink(url, saysWhere(text, url));
    expect(opened).toEqual([]);
    expect(dialogs.open).toEqual({ kind: 'open-link', url });
  });

  it('is opened when the person has seen it, and only then', async () => {
    render(OpenLink, { url: 'https://bank.example@evil.example/login?next=bank.example' });
    expect(screen.getByTestId('open-link-address').textContent).toBe('https://bank.example@evil.example/login?next=bank.example');
    expect(screen.getByText('evil.example').tagName).toBe('STRONG');
    expect(opened).toEqual([]);
    await fireEvent.click(screen.getByTestId('open-link-submit'));
    expect(opened).toEqual(['https://bank.example@evil.example/login?next=bank.example']);
  });

  it('has its host, or its mailbox, set apart', () => {
    expect(partsOf('https://example.org:8443/a@b')).toEqual({ before: 'https://', where: 'example.org:8443', after: '/a@b', mail: false });
    expect(partsOf('https://a.example@a.example/')).toEqual({ before: 'https://a.example@', where: 'a.example', after: '/', mail: false });
    expect(partsOf('mailto:anna@example.org?subject=x')).toEqual({ before: 'mailto:', where: 'anna@example.org', after: '?subject=x', mail: true });
  });
});
