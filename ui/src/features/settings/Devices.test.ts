import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, frame, resetHost, syncStatus } from '../../test-host';
import { useLanguage } from '../../words';
import Devices from './Devices.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const laptop = { id: 'd1', name: 'Laptop', this: true, added_at: null, joins: null };
const phone = { id: 'd2', name: 'Phone', this: false, added_at: 1, joins: { chats: 3, of: 7 } };

describe('devices', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.devices = () => ({ devices: [laptop, phone] });
    sync.put(syncStatus());
  });

  it('are listed with what they are doing, and only others can be removed, after a question', async () => {
    answers.remove_device = () => ({});
    render(Devices);
    await frame();
    const rows = screen.getAllByTestId('device');
    expect(rows.map((row) => row.textContent)).toEqual([expect.stringContaining('This one'), expect.stringContaining('3 of 7')]);
    const remove = screen.getAllByTestId('device-remove');
    expect(remove.length).toBe(1);
    await fireEvent.click(remove[0]!);
    expect(callsOf('remove_device')).toEqual([]);
    await fireEvent.submit(screen.getByTestId('device-form'));
    await frame();
    expect(callsOf('remove_device')).toEqual([{ device: 'd2' }]);
  });

  it('are only looked at on one that was removed', async () => {
    sync.put(syncStatus({ removed: true }));
    render(Devices);
    await frame();
    expect(screen.getAllByTestId('device')).toHaveLength(2);
    expect(screen.getByTestId('devices-removed').textContent).toContain('was removed');
    for (const id of ['device-rename', 'device-remove', 'link-device']) expect(screen.queryByTestId(id)).toBeNull();
  });

  it('say at the field that a code is none', async () => {
    answers.link_device = () => {
      throw { code: 'not_a_link', message: '' };
    };
    render(Devices);
    await frame();
    await fireEvent.click(screen.getByTestId('link-device'));
    await fireEvent.input(screen.getByTestId('device-text'), { target: { value: ' beseda:link/x ' } });
    await fireEvent.submit(screen.getByTestId('device-form'));
    await frame();
    expect(callsOf('link_device')).toEqual([{ code: 'beseda:link/x' }]);
    expect(screen.getByRole('alert').textContent).toContain('not the code of a device');
  });
});
