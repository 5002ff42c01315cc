// Made from contract/ by `cargo xtask generate`. Do not edit.
import type { ChatList } from './ChatList';
import type { ChatRow } from './ChatRow';
import type { CloseTimeline } from './CloseTimeline';
import type { CreateAccount } from './CreateAccount';
import type { CreateChat } from './CreateChat';
import type { CreateInvitation } from './CreateInvitation';
import type { Done } from './Done';
import type { GetStart } from './GetStart';
import type { GetSyncStatus } from './GetSyncStatus';
import type { InvitationLink } from './InvitationLink';
import type { Join } from './Join';
import type { ListChats } from './ListChats';
import type { ListMembers } from './ListMembers';
import type { LoadOlder } from './LoadOlder';
import type { MarkRead } from './MarkRead';
import type { Me } from './Me';
import type { MemberList } from './MemberList';
import type { OlderLoaded } from './OlderLoaded';
import type { OpenTimeline } from './OpenTimeline';
import type { Reconnect } from './Reconnect';
import type { RemoveMember } from './RemoveMember';
import type { SaveDraft } from './SaveDraft';
import type { SendMessage } from './SendMessage';
import type { SentMessage } from './SentMessage';
import type { Start } from './Start';
import type { SyncStatus } from './SyncStatus';
import type { TimelineSnapshot } from './TimelineSnapshot';
import type { Unlock } from './Unlock';

/** Every command: what it takes and what it answers. */
export interface Api {
  start: { arguments: GetStart; result: Start };
  create_account: { arguments: CreateAccount; result: Me };
  unlock: { arguments: Unlock; result: Me };
  chats: { arguments: ListChats; result: ChatList };
  create_chat: { arguments: CreateChat; result: ChatRow };
  create_invitation: { arguments: CreateInvitation; result: InvitationLink };
  join: { arguments: Join; result: ChatRow };
  members: { arguments: ListMembers; result: MemberList };
  remove_member: { arguments: RemoveMember; result: Done };
  open_timeline: { arguments: OpenTimeline; result: TimelineSnapshot };
  load_older: { arguments: LoadOlder; result: OlderLoaded };
  close_timeline: { arguments: CloseTimeline; result: Done };
  send_message: { arguments: SendMessage; result: SentMessage };
  mark_read: { arguments: MarkRead; result: Done };
  save_draft: { arguments: SaveDraft; result: Done };
  sync_status: { arguments: GetSyncStatus; result: SyncStatus };
  reconnect: { arguments: Reconnect; result: Done };
}
