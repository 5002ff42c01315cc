import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { InvitationRow } from '../../generated/InvitationRow';
import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import Invite from './Invite.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const row = (id: string, over: Partial<InvitationRow> = {}): InvitationRow => ({
  id,
  link: `beseda:join/${id}`,
  label: '',
  uses: 0,
  max_uses: null,
  created_at: 1,
  expires_at: null,
  standing: 'open',
  ...over,
});

describe('the links into a chat', () => {
  let rows: InvitationRow[] = [];

  beforeEach(async () => {
    resetHost();
    useLanguage('en');
    rows = [row('old', { standing: 'used_up', label: 'for Clara', uses: 1, max_uses: 1 }), row('plain', { uses: 3 })];
    answers.create_invitation = () => ({ link: 'beseda:join/plain' });
    answers.invitations = () => ({ invitations: rows });
    answers.qr_code = () => ({ side: 29, path: 'M4 4h7v1h-7z' });
    answers.revoke_invitation = () => {
      rows = rows.map((one) => (one.id === 'plain' ? { ...one, standing: 'revoked' } : one));
      return {};
    };
    answers.make_invitation = ({ uses, label }) => {
      const made = row('new', { max_uses: uses, label });
      rows = [made, ...rows];
      return made;
    };
    render(Invite, { chat: chatRow({}) });
    await screen.findByTestId('invite-link');
  });

  it('shows the one to hand out, and the others', () => {
    expect(screen.getByTestId('invite-link').textContent).toBe('beseda:join/plain');
    expect(document.body.textContent).toContain('Used by 3 devices');
    expect(screen.getByTestId('link-row').textContent).toContain('for Clara');
    expect(screen.getByTestId('link-row').textContent).toContain('Used by 1 of 1');
  });

  it('draws it as a QR code from data', async () => {
    await fireEvent.click(screen.getByTestId('show-qr'));
    await frame();
    const code = screen.getByTestId('qr-code');
    expect(code.getAttribute('viewBox')).toBe('0 0 29 29');
    expect(code.querySelector('path')?.getAttribute('d')).toBe('M4 4h7v1h-7z');
    expect(callsOf('qr_code')).toEqual([{ text: 'beseda:join/plain' }]);
    await fireEvent.click(screen.getByTestId('show-qr'));
    expect(screen.queryByTestId('qr-code')).toBeNull();
  });

  it('makes one with what was chosen, and shows it', async () => {
    await fireEvent.click(screen.getByTestId('new-link'));
    await fireEvent.click(screen.getByTestId('uses-ten'));
    await fireEvent.click(screen.getByTestId('lasts-never'));
    await fireEvent.input(screen.getByTestId('link-label'), { target: { value: ' the team ' } });
    await fireEvent.click(screen.getByTestId('make-link'));
    await frame();
    expect(callsOf('make_invitation')).toEqual([{ chat: 'c1', uses: 10, expires_at: null, label: 'the team' }]);
    expect(screen.getByTestId('invite-link').textContent).toBe('beseda:join/new');
  });

  it('takes one back after asking', async () => {
    await fireEvent.click(screen.getByTestId('revoke-link'));
    expect(callsOf('revoke_invitation')).toEqual([]);
    await fireEvent.click(screen.getByTestId('revoke-confirm'));
    await frame();
    expect(callsOf('revoke_invitation')).toEqual([{ invitation: 'plain' }]);
    expect(document.body.textContent).toContain('Taken back');
    expect(screen.queryByTestId('copy-invite')).toBeNull();
  });
});
