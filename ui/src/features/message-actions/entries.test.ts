import { describe, expect, it } from 'vitest';

import { chatRow, message } from '../../test-host';
import { actionsOf, mayReact } from './entries';

const of = (over: Parameters<typeof message>[1], chat = {}) => actionsOf(message('m', over), chatRow(chat)).flat();

describe('the menu of a message', () => {
  it('offers what one may do with another person’s', () => {
    expect(of({ may_pin: true })).toEqual(['reply', 'forward', 'copy', 'link', 'pin', 'save', 'select', 'delete-me']);
  });
  it('offers more with one’s own', () => {
    const own = of({ mine: true, state: { state: 'read' }, may_edit: true, may_delete: true, edited: true, pinned: true, saved: true });
    expect(own).toEqual(['reply', 'edit', 'forward', 'copy', 'link', 'unpin', 'unsave', 'select', 'readers', 'versions', 'delete-me', 'delete-everyone']);
  });
  it('does not answer where one cannot write', () => {
    expect(of({}, { kind: 'blog', may_answer: false })).not.toContain('reply');
    expect(of({}, { status: 'removed' })).not.toContain('reply');
  });
  it('points to nothing that nobody else has', () => expect(of({ mine: true, state: { state: 'queued' } })).not.toContain('link'));
  it('only clears away what is deleted', () => expect(of({ deleted: true, may_delete: true })).toEqual(['delete-me']));
});

it('one reacts to what is there, in a chat one is in', () => {
  expect(mayReact(message('m'), chatRow({}))).toBe(true);
  expect(mayReact(message('m', { deleted: true }), chatRow({}))).toBe(false);
  expect(mayReact(message('m'), chatRow({ status: 'removed' }))).toBe(false);
});
