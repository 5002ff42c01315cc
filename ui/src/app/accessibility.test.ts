// Every screen and every dialog before axe, as a person finds them in the window: filled, empty, and when the core refuses.
// Colours are held to their contrasts by components/tokens.test.ts: nothing is laid out here.

import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { PAGES } from '../actions/pages';
import { Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { startPump } from '../core-state/events';
import type { Api } from '../generated/Api';
import type { Code } from '../generated/Code';
import type { FoundRow } from '../generated/FoundRow';
import type { MemberRow } from '../generated/MemberRow';
import type { Start } from '../generated/Start';
import { answers, chatRow, frame, message, resetHost, send, syncStatus, windowAnswers, windows } from '../test-host';
import { type Open, dialogs } from '../ui-state/dialogs.svelte';
import { messageMenu } from '../ui-state/message-menu.svelte';
import { finding } from '../ui-state/finding.svelte';
import { picked } from '../ui-state/picked.svelte';
import { selection } from '../ui-state/selection.svelte';
import { stage } from '../ui-state/stage.svelte';
import { useLanguage } from '../words';
import Apart from './Apart.svelte';
import App from './App.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);
// Dialogs come when they are asked for: their code is read before, so that none is waited for.
import.meta.glob('../features/**/*.svelte', { eager: true });

const USER = 'ab'.repeat(16);
const me = { user: 'me', device: 'd', name: 'Anna', relay: 'https://relay.example.org' };
const ready: Start = { state: 'ready', version: '1', me };

const found: FoundRow = { message: 'm1', chat: 'c1', chat_title: 'Trip', author: USER, author_name: 'Boris', mine: false, text: 'see https://example.org', highlights: [[0, 3]], at: 1, url: 'https://example.org' };
const member: MemberRow = { user: USER, name: 'Boris', own_name: 'Boris', admin: true, owner: false, me: false, added_at: 1, added_by: 'Anna', contact: true, blocked: false, verified: true, new_device: true, looks_like: 'Воris', mixed_scripts: true };
const reply = { message: 'id-1', author_name: 'Boris', text: 'text 1', gone: false };
const item = message('2', {
  mine: true,
  author: 'me',
  state: { state: 'read' },
  edited: true,
  pinned: true,
  saved: true,
  reply,
  may_edit: true,
  may_delete: true,
  readers: 1,
  reactions: [{ emoji: '👍', count: 2, mine: true }],
  poll: { options: [{ text: 'tea', votes: 1, mine: true }, { text: 'coffee', votes: 0, mine: false }], several: false, voters: 1 },
});

function fill(): void {
  windowAnswers.accounts = () => ({ accounts: ['a', 'b'], shown: null });
  windowAnswers.kept_accounts = () => ({ kept: [{ account: 'k', used_at: 1 }] });
  windowAnswers.show_account = () => ({});
  answers.start = (_, account) => (account === 'a' ? ready : { state: 'locked', version: '1' });
  const all = [
    chatRow({ id: 'c1', title: 'Trip', description: 'To the hills', category: 'Work', unread: 2, mentions: 1, pinned: 1, quarantined: 1, members: 3, activity: 9 }),
    chatRow({ id: 'c2', kind: 'dialog', title: 'Boris', peer: USER, verified: true, new_device: true, draft: 'half', activity: 8, muted_until: 9007199254740991 }),
    chatRow({ id: 'c3', kind: 'blog', title: 'News', owner: false, admin: false, may_write: false, may_edit: false, marked_unread: true, activity: 7 }),
    chatRow({ id: 'c4', title: '', status: 'asking', activity: 6 }),
    chatRow({ id: 'c5', title: 'Old', status: 'removed', archived: true, activity: 5, last: { author: 'Boris', mine: true, text: 'bye', deleted: false, blocked: false, at: 1, state: { state: 'failed', reason: 'not_member' } } }),
    chatRow({ id: 'c6', title: 'No', status: 'asking', refused: 'expired', activity: 4 }),
  ];
  answers.chats = () => ({ chats: all });
  answers.sync_status = () => syncStatus({ state: 'offline', waiting: 2, last_sync: 1, error: { code: 'invite_required', message: '' }, refilling: { done: 1, all: 2 }, proposed: { relay: 'https://other.example.org', by: 'Boris' } });
  answers.totals = () => ({ unread: 2, mentions: 1 });
  answers.settings = () => ({ read_receipts: true, key: 'passphrase', words_kept: false });
  answers.pictures = ({ users }) => ({ pictures: users.map((user) => ({ user, picture: null })) });
  answers.scheduled = () => ({ scheduled: [{ id: 's1', chat: 'c1', chat_title: 'Trip', text: 'later', send_at: 9 }] });
  answers.list_messages = () => ({ messages: [found], more: false });
  answers.search = () => ({ messages: [found], cursor: null });
  answers.save_draft = answers.close_timeline = answers.mark_read = answers.mark_unread = answers.cancel_linking = () => ({});
  answers.next_mention = () => ({ message: null });
  answers.open_timeline = () => ({
    timeline: 1,
    items: [
      { type: 'day', key: 'd', date: '2026-11-28' },
      message('1', { author: USER, author_name: 'Boris', names_me: true }),
      { type: 'unread', key: 'u' },
      item,
      message('3', { author: USER, author_name: 'Boris', deleted: true }),
      message('4', { author: USER, author_name: 'Boris', blocked: true }),
      message('5', { mine: true, state: { state: 'failed', reason: 'not_member' }, forwarded: { author: 'Boris', chat: 'News', sent_at: 1 } }),
    ],
    more_before: false,
    more_after: false,
    target: null,
  });
  answers.profile = () => ({ name: 'Anna', username: 'anna', first_name: 'Anna', last_name: '', email: '', mobile: '', birth_date: '', description: '', picture: null, created_at: 1, shown: [{ field: 'picture', shown: 'everyone' }] });
  answers.person = () => ({ user: USER, name: 'Boris', own_name: 'Boris P.', petname: 'Boris', blocked: true, verified_at: 1, new_device: true, me: false, username: 'boris', first_name: 'Boris', last_name: '', email: 'b@example.org', mobile: '1', description: 'Hills', age: 30, created_at: 1, picture: null, looks_like: 'Bоris', mixed_scripts: true });
  answers.safety = () => ({ groups: Array.from({ length: 12 }, (_, n) => String(10_000 + n)), code: 'beseda:safety/x' });
  answers.qr_code = () => ({ side: 21, path: 'M0 0h1v1z' });
  answers.contacts = () => ({ contacts: [{ user: USER, name: 'Boris', own_name: 'Boris P.' }], blocked: [{ user: 'bad', name: 'Mallory', own_name: 'Mallory' }] });
  answers.devices = () => ({ devices: [{ id: 'd', name: 'Laptop', this: true, added_at: null, joins: null }, { id: 'e', name: '', this: false, added_at: 1, joins: { chats: 1, of: 3 } }] });
  answers.recovery_words = () => ({ words: Array.from({ length: 24 }, (_, n) => `word${n}`) });
  answers.members = () => ({ members: [{ ...member, user: 'me', name: 'Anna', me: true, owner: true, looks_like: null }, member] });
  answers.invitations = () => ({ invitations: [{ id: 'i', link: 'beseda:join/x', label: 'friends', uses: 1, max_uses: 2, created_at: 1, expires_at: 2, standing: 'expired' }] });
  answers.create_invitation = () => ({ link: 'beseda:join/y' });
  answers.make_invitation = () => ({ id: 'p', link: 'beseda:join/y', label: '', uses: 0, max_uses: null, created_at: 1, expires_at: null, standing: 'open' });
  answers.readers = () => ({ readers: [{ user: USER, name: 'Boris', at: 1 }], count: 3, shown: true });
  answers.reactions = () => ({ people: [{ emoji: '👍', user: USER, name: 'Boris', at: 1 }] });
  answers.notice_settings = () => ({ enabled: true, shows: 'sender', sound: true, quiet_from: 1320, quiet_to: 420, quiet_until: Date.now() + 3_600_000 });
  windowAnswers.window_settings = () => ({ close_to_tray: true, tray: false });
  answers.message_versions = () => ({ versions: [{ text: 'a', markup: [], at: 1 }, { text: 'b', markup: [], at: 2 }] });
  answers.storage = () => ({ parts: [{ part: 'messages', bytes: 1 }, { part: 'documents', bytes: 2 }], file: 9, log: 1, clearable: 2, chats: 1, messages: 1, changes: 1 });
  answers.examine = () => ({ checks: [{ check: 'pages', looked_at: 1, findings: [], more: 0 }, { check: 'index', looked_at: 1, findings: [{ chat: 'c1', what: 'messages are missing' }], more: 1 }] });
}

/** Nothing is laid out here, and a list that draws what is in sight would draw nothing: everything is as large as a window. */
class Sized {
  #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(target: Element): void {
    queueMicrotask(() => this.#tell([{ target, contentRect: new DOMRect(0, 0, 800, 600) } as unknown as ResizeObserverEntry], this as unknown as ResizeObserver));
  }

  unobserve(): void {}

  disconnect(): void {}
}

async function check(): Promise<void> {
  await frame();
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)).toEqual([]);
}

/** The window with its first account on screen. */
async function start(): Promise<void> {
  render(App);
  await accounts.load();
  await stage.begin();
  await frame();
}

/** The window of one of its chats. */
async function apart(): Promise<void> {
  windows.apart = { account: 'a', chat: 'c1' };
  render(Apart);
  await accounts.load();
  await stage.beginApart('a');
  await frame();
}

const click = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

/** What stands on the screen besides dialogs, and how one comes there. */
const SCREENS: Record<string, () => Promise<unknown>> = {
  'the chats': start,
  'no chats yet': () => ((answers.chats = () => ({ chats: [] })), start()),
  'an account that opens': () => ((answers.start = () => new Promise(() => {})), void render(App), accounts.load()),
  'an account that is made anew first': async () => {
    answers.start = () => new Promise(() => {});
    render(App);
    await accounts.load();
    void stage.begin();
    await frame();
    send({ type: 'work', work: 'opening', done: 2, all: 5 });
    await screen.findByTestId('preparing');
  },
  'a locked account': () => ((answers.start = () => ({ state: 'locked', version: '1' })), start()),
  'a broken account': () => ((answers.start = () => ({ state: 'broken', version: '1', error: { code: 'disk_full', message: 'full' } })), start()),
  'the first start': () => ((answers.start = () => ({ state: 'fresh', version: '1', relay: null, keyring: true })), start()),
  'a chat': async () => (await start(), selection.select('c1'), screen.findAllByTestId('message')),
  'a dialog of two': async () => (await start(), selection.select('c2'), screen.findAllByTestId('message')),
  'a blog that others write': async () => (await start(), selection.select('c3'), screen.findAllByTestId('message')),
  'a chat that has not let us in': async () => (await start(), selection.select('c4')),
  'a chat that refused us': async () => (await start(), selection.select('c6')),
  'a chat we are not in any more': async () => (await start(), selection.select('c5')),
  'two chats side by side': async () => (await start(), selection.select('c1'), selection.openBeside('c2'), screen.findAllByTestId('message')),
  'an empty chat': async () => {
    answers.open_timeline = () => ({ timeline: 1, items: [], more_before: false, more_after: false, target: null });
    await start();
    selection.select('c1');
  },
  'messages that are picked': async () => (await start(), selection.select('c1'), await screen.findAllByTestId('message'), picked.toggle('c1', item)),
  'the menu of a message': async () => (await start(), selection.select('c1'), await screen.findAllByTestId('message'), messageMenu.show('actions', item, { x: 9, y: 9 })),
  'an answer that is written': async () => (await start(), selection.select('c1'), fireEvent.contextMenu((await screen.findAllByTestId('message'))[0]!), click('act-reply')),
  'a search': async () => (await start(), finding.begin(undefined), finding.put('see'), screen.findAllByTestId('found')),
  'a window of one chat': async () => (await apart(), screen.findAllByTestId('message')),
  'a search in a window of one chat': async () => (await apart(), finding.begin('c1'), screen.findByTestId('search-results')),
  'a locked window of one chat': () => ((answers.start = () => ({ state: 'locked', version: '1' })), apart()),
  'a search that has not begun': async () => (await start(), finding.begin('c1'), frame()),
};

/** Each kind at least once, with what is in it. */
const DIALOGS: Record<Open['kind'], Open[]> = {
  palette: [{ kind: 'palette' }],
  shortcuts: [{ kind: 'shortcuts' }],
  'create-chat': [{ kind: 'create-chat' }],
  join: [{ kind: 'join', link: '' }],
  'add-member': [{ kind: 'add-member', chat: 'c1' }],
  invite: [{ kind: 'invite', chat: 'c1' }],
  info: (['members', 'rights', 'links', 'media', 'files', 'pinned', 'mine'] as const).map((tab): Open => ({ kind: 'info', chat: 'c1', tab })),
  'chat-notices': [{ kind: 'chat-notices', chat: 'c1' }, { kind: 'chat-notices', chat: 'c2' }],
  leave: [{ kind: 'leave', chat: 'c1' }, { kind: 'leave', chat: 'c3' }],
  person: [{ kind: 'person', user: USER, chat: 'c1' }],
  verify: [{ kind: 'verify', user: USER, chat: 'c1' }],
  'open-link': [{ kind: 'open-link', url: 'https://example.org/a?b=c' }],
  contacts: [{ kind: 'contacts' }],
  saved: [{ kind: 'saved' }],
  settings: [...PAGES.map(([page]): Open => ({ kind: 'settings', page })), ...(['out', 'in'] as const).map((carry): Open => ({ kind: 'settings', page: 'network', carry }))],
  relay: [{ kind: 'relay' }],
  'remove-account': [{ kind: 'remove-account', account: 'a' }],
  'recovery-words': [{ kind: 'recovery-words' }],
  date: [{ kind: 'date', chat: 'c1', date: '2026-11-28' }],
  forward: [{ kind: 'forward', messages: ['id-1'] }],
  readers: [{ kind: 'readers', message: 'id-2' }],
  reactions: [{ kind: 'reactions', message: 'id-2', emoji: '👍' }],
  versions: [{ kind: 'versions', message: 'id-2' }],
  poll: [{ kind: 'poll', chat: 'c1', replyTo: null }],
  schedule: [{ kind: 'schedule', chat: 'c1', text: 'later', mentions: [], replyTo: null, done: () => {} }],
  scheduled: [{ kind: 'scheduled', chat: 'c1' }],
};

// A whole page is walked for each case: on a busy machine that is no sign of anything.
vi.setConfig({ testTimeout: 60_000 });

describe('axe finds nothing', () => {
  beforeAll(() => void Object.defineProperty(HTMLElement.prototype, 'offsetParent', { get: () => document.body }));
  beforeAll(() => startPump((account, came, went) => account.own(selection).moved(came, went), () => {}));
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    putOnScreen(new Account(''));
    accounts.all = [];
    vi.stubGlobal('ResizeObserver', Sized);
    fill();
  });
  afterEach(() => {
    dialogs.close();
    messageMenu.close(false);
    vi.unstubAllGlobals();
    here().own(picked).clear();
  });

  it.each(Object.keys(SCREENS))('on the screen: %s', async (name) => {
    await SCREENS[name]!();
    await check();
  });

  it.each(['link-this-device', 'have-words', 'have-file'])('on another way to begin: %s', async (way) => {
    await SCREENS['the first start']!();
    await click(way);
    await check();
  });

  const every = Object.values(DIALOGS).flat();
  const named = (one: Open) => [one.kind, 'tab' in one ? one.tab : '', 'page' in one ? one.page : '', 'carry' in one ? one.carry : '', 'chat' in one ? one.chat : ''].filter(Boolean).join(' ');

  it.each(every.map((one) => [named(one), one] as const))('in the dialog: %s', async (_, one) => {
    await start();
    dialogs.show(one);
    await screen.findByRole('dialog');
    await check();
    if (one.kind === 'settings' && one.page === 'advanced') {
      await click('doctor-examine');
      await screen.findByTestId('doctor-verdict');
      await check();
    }
  });

  it.each(every.map((one) => [named(one), one] as const))('in the dialog when the core refuses: %s', async (_, one) => {
    await start();
    const keep: (keyof Api)[] = ['pictures', 'chats', 'sync_status', 'totals', 'save_draft', 'close_timeline', 'qr_code'];
    const refuse = () => Promise.reject({ code: 'internal' satisfies Code, message: 'the disk is gone' });
    for (const name of Object.keys(answers) as (keyof Api)[]) if (!keep.includes(name)) answers[name] = refuse;
    dialogs.show(one);
    await screen.findByRole('dialog');
    await check();
  });
});
