// Generated from schema.json by `npm run types`. Do not edit.

/**
 * Kinds of agenda items (domain glossary).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ItemKind".
 */
export type ItemKind = ("OPENING" | "REPORT" | "BRIEFING" | "SPEECH" | "VIDEO" | "ONSITE" | "GUEST" | "POLL" | "INTERACTION" | "RESPONSE" | "LEADER" | "SUMMARY" | "BREAK")
/**
 * How far the rendering has come.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Outcome".
 */
export type Outcome = ("PAGES" | "READY" | "FAILED")
/**
 * Every reason for a refusal. The value is on the wire and in the sentences' keys: never rename one.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Code".
 */
export type Code = ("NOT_SIGNED_IN" | "WRONG_CREDENTIALS" | "LOCKED_OUT" | "PASSWORD_TOO_WEAK" | "PASSWORD_CHANGE_REQUIRED" | "NOT_ALLOWED" | "NOT_IN_MEETING" | "LINK_UNKNOWN" | "LINK_USED" | "LINK_EXPIRED" | "BAD_ORIGIN" | "BAD_FRAME" | "TOO_LARGE" | "TOO_MANY" | "UNKNOWN_COMMAND" | "BAD_REQUEST" | "BAD_TEXT" | "BAD_PROTOCOL" | "NOT_FOUND" | "WRONG_STATE" | "NOT_LIVE" | "NOT_PRESENT" | "ALREADY_INVITED" | "HOST_MISSING" | "QUEUE_CLOSED" | "ALREADY_WAITING" | "NOBODY_WAITING" | "NOT_SPEAKING" | "WRONG_KIND" | "PUBLIC_MAY_NOT_ASK" | "BOOKED_BEFORE_ONLY" | "REQUEUED_BEFORE" | "CALLED_TWICE" | "TOO_MANY_MICROPHONES" | "NOT_A_PDF" | "PDF_ENCRYPTED" | "TOO_MANY_PAGES" | "DOCUMENT_BROKEN" | "DOCUMENT_TOO_COMPLEX" | "DOCUMENT_NOT_READY" | "PAGE_OUT_OF_RANGE" | "MATERIALS_FULL" | "UPLOAD_QUOTA" | "UPLOADS_WAITING" | "POLL_CLOSED" | "POLL_OPEN_ALREADY" | "NOT_ELIGIBLE" | "NOBODY_ELIGIBLE" | "ALREADY_VOTED" | "BAD_CHOICE" | "MINUTES_FROZEN" | "BLOCK_LOCKED" | "EDIT_CONFLICT" | "NUMBER_TAKEN" | "REASON_REQUIRED" | "MEDIA_UNAVAILABLE" | "CHECK_BUSY" | "CHECK_EXPIRED" | "INTERNAL")
/**
 * 预约 / 即席 / 提问 / 回应 / 插话.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RequestKind".
 */
export type RequestKind = ("SCHEDULED" | "IMPROMPTU" | "QUESTION" | "RESPONSE" | "DIALOGUE")
/**
 * 先到先得 / 首次发言优先 / 发言时长少者优先 / 界别轮流 / 会场均衡 / 主持人手动.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Preset".
 */
export type Preset = ("FIRST_COME" | "FIRST_SPEECH" | "LEAST_TIME" | "SECTORS" | "VENUES" | "MANUAL")
/**
 * How a question was settled: 已回应 / 会后书面答复.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Settled".
 */
export type Settled = ("ANSWERED" | "IN_WRITING")
/**
 * Meeting roles. They hold for one meeting, bound to the participant and never to a socket.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Role".
 */
export type Role = ("HOST" | "CO_HOST" | "SECRETARY" | "RECORDER" | "TECH" | "VENUE_CLERK" | "LEADER" | "MEMBER" | "DEPARTMENT" | "EXPERT" | "PUBLIC" | "OBSERVER" | "MEDIA" | "AUDITOR")
/**
 * How the pictures stand. A document that is presented and a screen that is shared come before them, 会标 does not
 * give way: it is what the hall sees while something is prepared behind it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Layout".
 */
export type Layout = ("SPEAKER" | "ROUND_TABLE" | "VENUE_WALL" | "TITLE_CARD")
/**
 * 赞同/基本赞同/保留意见; 满意/基本满意/不满意.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Template".
 */
export type Template = ("APPROVAL" | "SATISFACTION")
/**
 * 记名 / 无记名.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PollMode".
 */
export type PollMode = ("NAMED" | "SECRET")
/**
 * 单选 / 多选.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PollKind".
 */
export type PollKind = ("SINGLE" | "MULTIPLE")
/**
 * PENDING → ACTIVE → DONE | SKIPPED.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ItemState".
 */
export type ItemState = ("PENDING" | "ACTIVE" | "DONE" | "SKIPPED")
/**
 * PROCESSING → READY | FAILED; any → RECALLED (收回).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentState".
 */
export type DocumentState = ("PROCESSING" | "READY" | "FAILED" | "RECALLED")
/**
 * What became of a question: 待回应 / 已回应 / 会后书面答复. Empty until it was put.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AnswerState".
 */
export type AnswerState = ("" | "OPEN" | "ANSWERED" | "IN_WRITING")
/**
 * 排队 → 待命 → 请发言 → 发言中 (⇄ 中断) → 发言完毕; or 已撤回, 过号, 转书面.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RequestState".
 */
export type RequestState = ("QUEUED" | "ON_DECK" | "CALLED" | "SPEAKING" | "INTERRUPTED" | "DONE" | "WITHDRAWN" | "SKIPPED" | "CONVERTED_TO_WRITTEN")
/**
 * Why somebody stands at a place.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Reason".
 */
export type Reason = ("PLACED" | "ANSWER" | "ON_DECK" | "SCHEDULED" | "PASSED_OFTEN" | "NOT_YET_SPOKEN" | "SPOKE_LESS" | "SECTOR_TURN" | "VENUE_TURN" | "FIRST_COME")
/**
 * Why a speech's clock stands: the meeting is adjourned, or the speech was interrupted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Halt".
 */
export type Halt = ("" | "ADJOURNED" | "INTERRUPTED")
/**
 * By what is counted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Scope".
 */
export type Scope = ("PERSON" | "SECTOR" | "VENUE")
/**
 * States of a meeting; the machine is in `lifecycle`.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingState".
 */
export type MeetingState = ("DRAFT" | "NOTIFIED" | "LOBBY" | "LIVE" | "PAUSED" | "ENDED" | "DONE" | "CANCELLED")
/**
 * 出席 / 列席 / 旁听 / 工作人员. 应到 and 实到 count MEMBER only.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AttendanceKind".
 */
export type AttendanceKind = ("MEMBER" | "NONVOTING" | "OBSERVER" | "STAFF")
/**
 * Where a participant stands with regard to the door.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "Presence".
 */
export type Presence = ("INVITED" | "ON_LEAVE" | "WAITING" | "PRESENT" | "LEFT" | "REMOVED")
/**
 * READY → OPEN → CLOSED; OPEN → VOID with a reason; DISPUTED when the counts do not agree at closing.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PollState".
 */
export type PollState = ("READY" | "OPEN" | "CLOSED" | "VOID" | "DISPUTED")
export type ErrorCode = ("ALREADY_INVITED" | "ALREADY_VOTED" | "ALREADY_WAITING" | "BAD_CHOICE" | "BAD_FRAME" | "BAD_ORIGIN" | "BAD_PROTOCOL" | "BAD_REQUEST" | "BAD_TEXT" | "BLOCK_LOCKED" | "BOOKED_BEFORE_ONLY" | "CALLED_TWICE" | "CHECK_BUSY" | "CHECK_EXPIRED" | "DOCUMENT_BROKEN" | "DOCUMENT_NOT_READY" | "DOCUMENT_TOO_COMPLEX" | "EDIT_CONFLICT" | "HOST_MISSING" | "INTERNAL" | "LINK_EXPIRED" | "LINK_UNKNOWN" | "LINK_USED" | "LOCKED_OUT" | "MATERIALS_FULL" | "MEDIA_UNAVAILABLE" | "MINUTES_FROZEN" | "NOBODY_ELIGIBLE" | "NOBODY_WAITING" | "NOT_ALLOWED" | "NOT_A_PDF" | "NOT_ELIGIBLE" | "NOT_FOUND" | "NOT_IN_MEETING" | "NOT_LIVE" | "NOT_PRESENT" | "NOT_SIGNED_IN" | "NOT_SPEAKING" | "NUMBER_TAKEN" | "PAGE_OUT_OF_RANGE" | "PASSWORD_CHANGE_REQUIRED" | "PASSWORD_TOO_WEAK" | "PDF_ENCRYPTED" | "POLL_CLOSED" | "POLL_OPEN_ALREADY" | "PUBLIC_MAY_NOT_ASK" | "QUEUE_CLOSED" | "REASON_REQUIRED" | "REQUEUED_BEFORE" | "TOO_LARGE" | "TOO_MANY" | "TOO_MANY_MICROPHONES" | "TOO_MANY_PAGES" | "UNKNOWN_COMMAND" | "UPLOADS_WAITING" | "UPLOAD_QUOTA" | "WRONG_CREDENTIALS" | "WRONG_KIND" | "WRONG_STATE")

/**
 * Generated by `manage.py contract`. Protocol 1.
 */
export interface Protocol {
commands: Commands
events: Events
snapshot: SnapshotSlices
own: OwnParts
code: ErrorCode
}
/**
 * Fields of each command, by its type.
 */
export interface Commands {
"agenda.activate": AgendaActivateCommand
"agenda.set_items": AgendaSetItemsCommand
"documents.add": DocumentsAddCommand
"documents.present": DocumentsPresentCommand
"documents.processed": DocumentsProcessedCommand
"documents.recall": DocumentsRecallCommand
"documents.stop": DocumentsStopCommand
"documents.turn": DocumentsTurnCommand
"floor.answer": FloorAnswerCommand
"floor.call": FloorCallCommand
"floor.close": FloorCloseCommand
"floor.dialogue": FloorDialogueCommand
"floor.extend": FloorExtendCommand
"floor.finish": FloorFinishCommand
"floor.interrupt": FloorInterruptCommand
"floor.move": FloorMoveCommand
"floor.open": FloorOpenCommand
"floor.request": FloorRequestCommand
"floor.requeue": FloorRequeueCommand
"floor.resume": FloorResumeCommand
"floor.route": FloorRouteCommand
"floor.set_rule": FloorSetRuleCommand
"floor.settle_question": FloorSettleQuestionCommand
"floor.skip": FloorSkipCommand
"floor.speak": FloorSpeakCommand
"floor.summon": FloorSummonCommand
"floor.to_written": FloorToWrittenCommand
"floor.withdraw": FloorWithdrawCommand
"journal.redact": JournalRedactCommand
"meeting.cancel": MeetingCancelCommand
"meeting.end": MeetingEndCommand
"meeting.hand_over": MeetingHandOverCommand
"meeting.open_lobby": MeetingOpenLobbyCommand
"meeting.pause": MeetingPauseCommand
"meeting.publish": MeetingPublishCommand
"meeting.resume": MeetingResumeCommand
"meeting.start": MeetingStartCommand
"minutes.record_issue": MinutesRecordIssueCommand
"people.admit": PeopleAdmitCommand
"people.admit_all": PeopleAdmitAllCommand
"people.check_in": PeopleCheckInCommand
"people.grant_leave": PeopleGrantLeaveCommand
"people.invite": PeopleInviteCommand
"people.invite_guest": PeopleInviteGuestCommand
"people.leave": PeopleLeaveCommand
"people.mute": PeopleMuteCommand
"people.remove": PeopleRemoveCommand
"people.take_seat": PeopleTakeSeatCommand
"people.uninvite": PeopleUninviteCommand
"people.unmute": PeopleUnmuteCommand
"record.note_commitment": RecordNoteCommitmentCommand
"record.note_opinion": RecordNoteOpinionCommand
"stage.set_layout": StageSetLayoutCommand
"stage.spotlight": StageSpotlightCommand
"voting.cast": VotingCastCommand
"voting.close": VotingCloseCommand
"voting.open": VotingOpenCommand
"voting.prepare": VotingPrepareCommand
"voting.void": VotingVoidCommand
}
/**
 * Go to an item; the one under discussion is done. Without an item: go to the next.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AgendaActivateCommand".
 */
export interface AgendaActivateCommand {
item?: (string | null)
}
/**
 * Lay down the whole agenda, in order, before the meeting has begun.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AgendaSetItemsCommand".
 */
export interface AgendaSetItemsCommand {
/**
 * @maxItems 100
 */
items: ItemIn[]
}
/**
 * An item as the secretary writes it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ItemIn".
 */
export interface ItemIn {
kind: ItemKind
title: string
minutes?: number
presenter?: (string | null)
}
/**
 * Put an uploaded file among the materials.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsAddCommand".
 */
export interface DocumentsAddCommand {
upload: string
title: string
}
/**
 * Show a page of a document to everybody.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsPresentCommand".
 */
export interface DocumentsPresentCommand {
document: string
page?: number
}
/**
 * Some pages are drawn, or all, or the file cannot be shown. `worker` holds the document's lease.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsProcessedCommand".
 */
export interface DocumentsProcessedCommand {
document: string
worker: string
outcome: Outcome
pages?: number
ready_pages?: number
error?: (Code | null)
}
/**
 * 收回: take a document back from everybody.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsRecallCommand".
 */
export interface DocumentsRecallCommand {
document: string
}
/**
 * Show no document any more.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsStopCommand".
 */
export interface DocumentsStopCommand {

}
/**
 * Show another page of what is shown. With `document`: only if that one is still shown.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsTurnCommand".
 */
export interface DocumentsTurnCommand {
page: number
document?: (string | null)
}
/**
 * 应答: whoever was called is there. They have the floor at once if it is free.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorAnswerCommand".
 */
export interface FloorAnswerCommand {
request: string
}
/**
 * 请发言: give the floor to a request, to a person without one, or to the next. Whoever speaks is finished.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorCallCommand".
 */
export interface FloorCallCommand {
request?: (string | null)
participant?: (string | null)
answers?: (string | null)
limit_seconds?: (number | null)
}
/**
 * Take no further requests.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorCloseCommand".
 */
export interface FloorCloseCommand {

}
/**
 * Open the microphones of two to four people at once; whoever else speaks is finished.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorDialogueCommand".
 */
export interface FloorDialogueCommand {
/**
 * @minItems 2
 * @maxItems 4
 */
participants: [string, string]|[string, string, string]|[string, string, string, string]
}
/**
 * Give the one who speaks more time.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorExtendCommand".
 */
export interface FloorExtendCommand {
seconds: number
participant?: (string | null)
}
/**
 * End the speech (the host: all that are open): the host, the one who speaks, or their venue's clerk.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorFinishCommand".
 */
export interface FloorFinishCommand {
participant?: (string | null)
}
/**
 * Stop the clock of a speech: the line is down. What is left of the time is kept.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorInterruptCommand".
 */
export interface FloorInterruptCommand {
participant?: (string | null)
}
/**
 * Put a request before another one (without one: at the end), with the reason for it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorMoveCommand".
 */
export interface FloorMoveCommand {
request: string
before?: (string | null)
reason: string
}
/**
 * Take requests from now on.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorOpenCommand".
 */
export interface FloorOpenCommand {

}
/**
 * Ask for the floor; a venue's clerk asks for a person in the venue, the desk for anybody (`participant`).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRequestCommand".
 */
export interface FloorRequestCommand {
kind?: RequestKind
topic?: string
on_behalf_of?: string
participant?: (string | null)
to?: (string | null)
answers?: (string | null)
}
/**
 * Queue again, once, at the end, after having been passed over.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRequeueCommand".
 */
export interface FloorRequeueCommand {
request: string
}
/**
 * Let an interrupted speech go on with the time it had left.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorResumeCommand".
 */
export interface FloorResumeCommand {
participant?: (string | null)
}
/**
 * Put a question to a department (or, without one, to nobody in particular).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRouteCommand".
 */
export interface FloorRouteCommand {
request: string
to?: (string | null)
}
/**
 * Choose by which rule requests are put in order, and whether the public may ask.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSetRuleCommand".
 */
export interface FloorSetRuleCommand {
preset: Preset
scheduled_first?: boolean
public_may_ask?: boolean
}
/**
 * A question was answered, or will be in writing: the desk, or the department it was put to.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSettleQuestionCommand".
 */
export interface FloorSettleQuestionCommand {
request: string
how: Settled
}
/**
 * 过号: whoever was called does not answer, or a request is passed over.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSkipCommand".
 */
export interface FloorSkipCommand {
request: string
}
/**
 * Leaders and hosts speak without queueing; a speech that is going on is interrupted and keeps its time.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeakCommand".
 */
export interface FloorSpeakCommand {

}
/**
 * 点名: call somebody (the next) up to the microphone, a second time when they do not answer.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSummonCommand".
 */
export interface FloorSummonCommand {
request?: (string | null)
}
/**
 * 转书面: the request becomes a written speech.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorToWrittenCommand".
 */
export interface FloorToWrittenCommand {
request: string
}
/**
 * Take one's own request back.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorWithdrawCommand".
 */
export interface FloorWithdrawCommand {
request: string
}
/**
 * Empty the personal fields of one journal entry.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "JournalRedactCommand".
 */
export interface JournalRedactCommand {
entry: number
reason: string
}
/**
 * Call the meeting off before it has begun.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingCancelCommand".
 */
export interface MeetingCancelCommand {
reason: string
}
/**
 * Close the meeting (散会).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingEndCommand".
 */
export interface MeetingEndCommand {

}
/**
 * Let a co-host or a secretary act for a host who is lost, or give back to a host who is here again.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingHandOverCommand".
 */
export interface MeetingHandOverCommand {

}
/**
 * Open the doors for signing in.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingOpenLobbyCommand".
 */
export interface MeetingOpenLobbyCommand {

}
/**
 * Adjourn: nobody but the host is heard.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingPauseCommand".
 */
export interface MeetingPauseCommand {

}
/**
 * Send out the notice: the meeting can be seen by those invited.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingPublishCommand".
 */
export interface MeetingPublishCommand {

}
/**
 * Go on after an adjournment.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingResumeCommand".
 */
export interface MeetingResumeCommand {

}
/**
 * Begin the meeting.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingStartCommand".
 */
export interface MeetingStartCommand {

}
/**
 * 印发: freeze these minutes under a number (by default the next one). Only the server itself gives it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MinutesRecordIssueCommand".
 */
export interface MinutesRecordIssueCommand {
minutes: string
by: string
number?: (number | null)
}
/**
 * Let people in who wait.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleAdmitCommand".
 */
export interface PeopleAdmitCommand {
/**
 * @minItems 1
 * @maxItems 2500
 */
participants: [string, ...(string)[]]
}
/**
 * Let everybody in who waits.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleAdmitAllCommand".
 */
export interface PeopleAdmitAllCommand {

}
/**
 * 签到: sign in at the door.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleCheckInCommand".
 */
export interface PeopleCheckInCommand {

}
/**
 * 请假: approve somebody's leave.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleGrantLeaveCommand".
 */
export interface PeopleGrantLeaveCommand {
participant: string
reason?: string
}
/**
 * Put people of the organisation on the roster with a role; `venue` seats them (for a clerk: the own venue).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleInviteCommand".
 */
export interface PeopleInviteCommand {
/**
 * @minItems 1
 * @maxItems 2500
 */
persons: [string, ...(string)[]]
role: Role
venue?: (string | null)
}
/**
 * Put a guest without an account on the roster. The link is made over HTTP (`/api/people/…/guest-link`).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleInviteGuestCommand".
 */
export interface PeopleInviteGuestCommand {
guest_name: string
unit?: string
title?: string
role?: Role
venue?: (string | null)
}
/**
 * Leave the meeting.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleLeaveCommand".
 */
export interface PeopleLeaveCommand {

}
/**
 * Shut somebody's microphone on the server.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleMuteCommand".
 */
export interface PeopleMuteCommand {
participant: string
}
/**
 * 请离会场: show somebody out for good.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleRemoveCommand".
 */
export interface PeopleRemoveCommand {
participant: string
reason?: string
}
/**
 * Sit down in the venue whose QR was scanned, or (without a token) leave the venue.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleTakeSeatCommand".
 */
export interface PeopleTakeSeatCommand {
token?: (string | null)
}
/**
 * Take somebody off the roster who has not come yet.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleUninviteCommand".
 */
export interface PeopleUninviteCommand {
participant: string
}
/**
 * Take the mute back.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleUnmuteCommand".
 */
export interface PeopleUnmuteCommand {
participant: string
}
/**
 * Note what a unit promises on the spot; a department notes its own.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RecordNoteCommitmentCommand".
 */
export interface RecordNoteCommitmentCommand {
unit_name: string
text: string
due?: (string | null)
}
/**
 * Note a piece of advice; members note their own.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RecordNoteOpinionCommand".
 */
export interface RecordNoteOpinionCommand {
text: string
aspect?: string
speaker?: (string | null)
}
/**
 * Choose how the meeting is shown to everybody.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StageSetLayoutCommand".
 */
export interface StageSetLayoutCommand {
layout: Layout
}
/**
 * Show a participant (or their venue) big; without one, follow the speaker.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StageSpotlightCommand".
 */
export interface StageSpotlightCommand {
participant?: (string | null)
}
/**
 * Answer a poll. `choices` are positions of its options; final when the poll is secret.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingCastCommand".
 */
export interface VotingCastCommand {
poll: string
/**
 * @minItems 1
 * @maxItems 10
 */
choices: [number]|[number, number]|[number, number, number]|[number, number, number, number]|[number, number, number, number, number]|[number, number, number, number, number, number]|[number, number, number, number, number, number, number]|[number, number, number, number, number, number, number, number]|[number, number, number, number, number, number, number, number, number]|[number, number, number, number, number, number, number, number, number, number]
}
/**
 * Take no further answers and tell the result.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingCloseCommand".
 */
export interface VotingCloseCommand {
poll: string
}
/**
 * Ask: those members who are inside now may answer.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingOpenCommand".
 */
export interface VotingOpenCommand {
poll: string
}
/**
 * Make a question ready: with a template's options or with own ones.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingPrepareCommand".
 */
export interface VotingPrepareCommand {
question: string
template?: (Template | null)
/**
 * @maxItems 10
 */
options?: []|[string]|[string, string]|[string, string, string]|[string, string, string, string]|[string, string, string, string, string]|[string, string, string, string, string, string]|[string, string, string, string, string, string, string]|[string, string, string, string, string, string, string, string]|[string, string, string, string, string, string, string, string, string]|[string, string, string, string, string, string, string, string, string, string]
mode?: PollMode
kind?: PollKind
max_choices?: number
}
/**
 * Call an open poll off, with a reason; a prepared one is thrown away.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingVoidCommand".
 */
export interface VotingVoidCommand {
poll: string
reason?: string
}
/**
 * Data of each event, by its type.
 */
export interface Events {
"agenda.items_changed": AgendaItemsChangedEvent
"agenda.items_set": AgendaItemsSetEvent
"documents.added": DocumentsAddedEvent
"documents.failed": DocumentsFailedEvent
"documents.pages_ready": DocumentsPagesReadyEvent
"documents.presented": DocumentsPresentedEvent
"documents.ready": DocumentsReadyEvent
"documents.recalled": DocumentsRecalledEvent
"documents.stopped": DocumentsStoppedEvent
"documents.turned": DocumentsTurnedEvent
"floor.closed": FloorClosedEvent
"floor.dialogue_closed": FloorDialogueClosedEvent
"floor.dialogue_opened": FloorDialogueOpenedEvent
"floor.length_changed": FloorLengthChangedEvent
"floor.moved": FloorMovedEvent
"floor.opened": FloorOpenedEvent
"floor.requested": FloorRequestedEvent
"floor.requests_changed": FloorRequestsChangedEvent
"floor.rule_set": FloorRuleSetEvent
"floor.speech_extended": FloorSpeechExtendedEvent
"floor.speech_finished": FloorSpeechFinishedEvent
"floor.speech_halted": FloorSpeechHaltedEvent
"floor.speech_resumed": FloorSpeechResumedEvent
"floor.speech_started": FloorSpeechStartedEvent
"floor.times_changed": FloorTimesChangedEvent
"journal.redacted": JournalRedactedEvent
"meeting.cancelled": MeetingCancelledEvent
"meeting.ended": MeetingEndedEvent
"meeting.handed_back": MeetingHandedBackEvent
"meeting.handed_over": MeetingHandedOverEvent
"meeting.lobby_opened": MeetingLobbyOpenedEvent
"meeting.paused": MeetingPausedEvent
"meeting.published": MeetingPublishedEvent
"meeting.resumed": MeetingResumedEvent
"meeting.started": MeetingStartedEvent
"minutes.issued": MinutesIssuedEvent
"people.admitted": PeopleAdmittedEvent
"people.checked_in": PeopleCheckedInEvent
"people.invited": PeopleInvitedEvent
"people.leave_granted": PeopleLeaveGrantedEvent
"people.left": PeopleLeftEvent
"people.muted": PeopleMutedEvent
"people.removed": PeopleRemovedEvent
"people.seated": PeopleSeatedEvent
"people.uninvited": PeopleUninvitedEvent
"people.unmuted": PeopleUnmutedEvent
"people.venue_added": PeopleVenueAddedEvent
"record.commitment_noted": RecordCommitmentNotedEvent
"record.opinion_noted": RecordOpinionNotedEvent
"stage.layout_set": StageLayoutSetEvent
"stage.spotlight_set": StageSpotlightSetEvent
"voting.closed": VotingClosedEvent
"voting.discarded": VotingDiscardedEvent
"voting.disputed": VotingDisputedEvent
"voting.opened": VotingOpenedEvent
"voting.prepared": VotingPreparedEvent
"voting.voided": VotingVoidedEvent
}
/**
 * Items moved on: one was begun, finished or skipped.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AgendaItemsChangedEvent".
 */
export interface AgendaItemsChangedEvent {
items: ItemView[]
}
/**
 * An agenda item as everybody sees it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ItemView".
 */
export interface ItemView {
id: string
no: number
kind: ItemKind
title: string
minutes: number
presenter: (string | null)
state: ItemState
started_at: (string | null)
ended_at: (string | null)
}
/**
 * The whole agenda was laid down anew.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AgendaItemsSetEvent".
 */
export interface AgendaItemsSetEvent {
items: ItemView[]
}
/**
 * Somebody uploaded a document; it is being prepared.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsAddedEvent".
 */
export interface DocumentsAddedEvent {
document: DocumentView
}
/**
 * A document as everybody sees it. `uploader` is a participant's id; `error` says why it could not be read.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentView".
 */
export interface DocumentView {
id: string
title: string
filename: string
bytes: number
pages: number
ready_pages: number
state: DocumentState
error: (Code | null)
uploader: string
position: number
}
/**
 * The file cannot be shown; `document.error` says why.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsFailedEvent".
 */
export interface DocumentsFailedEvent {
document: DocumentView
}
/**
 * The first `ready_pages` pages can be looked at; told for the first page and then now and again.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsPagesReadyEvent".
 */
export interface DocumentsPagesReadyEvent {
document: DocumentView
}
/**
 * A document is shown to everybody.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsPresentedEvent".
 */
export interface DocumentsPresentedEvent {
presenting: PresentingView
}
/**
 * The page that everybody is shown, and by whom.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PresentingView".
 */
export interface PresentingView {
document: string
page: number
presenter: string
started_at: string
}
/**
 * All pages can be looked at.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsReadyEvent".
 */
export interface DocumentsReadyEvent {
document: DocumentView
}
/**
 * 收回: nobody may look at the document any more.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsRecalledEvent".
 */
export interface DocumentsRecalledEvent {
document: DocumentView
}
/**
 * No document is shown any more.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsStoppedEvent".
 */
export interface DocumentsStoppedEvent {

}
/**
 * Everybody is shown another page.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsTurnedEvent".
 */
export interface DocumentsTurnedEvent {
presenting: PresentingView
}
/**
 * No further requests are taken; those waiting keep their places.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorClosedEvent".
 */
export interface FloorClosedEvent {

}
/**
 * One speaks at a time again.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorDialogueClosedEvent".
 */
export interface FloorDialogueClosedEvent {

}
/**
 * Several may speak at once.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorDialogueOpenedEvent".
 */
export interface FloorDialogueOpenedEvent {

}
/**
 * So many wait.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorLengthChangedEvent".
 */
export interface FloorLengthChangedEvent {
length: number
}
/**
 * The host has put a request at another place, and says why.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorMovedEvent".
 */
export interface FloorMovedEvent {
request: string
from_place: number
to_place: number
reason: string
}
/**
 * Requests are taken.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorOpenedEvent".
 */
export interface FloorOpenedEvent {

}
/**
 * Somebody asked for the floor.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRequestedEvent".
 */
export interface FloorRequestedEvent {
request: RequestView
queue: PlaceView[]
}
/**
 * A request to speak. `participant`, `asked_by` and `to` are participants' ids; `answers` is a question's.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RequestView".
 */
export interface RequestView {
id: string
participant: string
asked_by: (string | null)
kind: RequestKind
topic: string
on_behalf_of: string
to: (string | null)
answers: (string | null)
answer: AnswerState
state: RequestState
requested_at: string
calls: number
called_at: (string | null)
ready: boolean
requeued: boolean
}
/**
 * A place in the queue, counted from 1, with its reason.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PlaceView".
 */
export interface PlaceView {
request: string
place: number
reason: Reason
}
/**
 * Requests moved on: stand by, called, speaking, done, withdrawn, passed over, converted to written, routed.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRequestsChangedEvent".
 */
export interface FloorRequestsChangedEvent {
requests: RequestView[]
queue: PlaceView[]
}
/**
 * The host has chosen another rule.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorRuleSetEvent".
 */
export interface FloorRuleSetEvent {
rule: RuleView
}
/**
 * By which rule requests are put in order, and whether the public may ask.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RuleView".
 */
export interface RuleView {
preset: Preset
scheduled_first: boolean
public_may_ask: boolean
}
/**
 * The host gave more time.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeechExtendedEvent".
 */
export interface FloorSpeechExtendedEvent {
speech: SpeechView
}
/**
 * A speech; `slot` is null for who does not have the floor.
 * 
 * The clock stood at `spent_ms` when it was last settled and has run since `running_since` (null: it stands, `halted`
 * says why). Not `timed`: nothing counts down and no bell rings.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "SpeechView".
 */
export interface SpeechView {
id: string
participant: string
request: (string | null)
answers: (string | null)
kind: RequestKind
topic: string
on_behalf_of: string
venue: (string | null)
limit_seconds: number
timed: boolean
slot: (number | null)
started_at: string
ended_at: (string | null)
spent_ms: number
running_since: (string | null)
halted: Halt
}
/**
 * The speech is over.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeechFinishedEvent".
 */
export interface FloorSpeechFinishedEvent {
speech: SpeechView
}
/**
 * The clock stands; what is left of the time is kept.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeechHaltedEvent".
 */
export interface FloorSpeechHaltedEvent {
speech: SpeechView
}
/**
 * The clock runs again.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeechResumedEvent".
 */
export interface FloorSpeechResumedEvent {
speech: SpeechView
}
/**
 * Somebody has the floor.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorSpeechStartedEvent".
 */
export interface FloorSpeechStartedEvent {
speech: SpeechView
}
/**
 * The totals of a person, their sector and their venue after a speech.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorTimesChangedEvent".
 */
export interface FloorTimesChangedEvent {
times: TimeRow[]
}
/**
 * A total. `key` is a participant's id, a sector's name or a venue's id; empty: without sector, in no venue.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "TimeRow".
 */
export interface TimeRow {
scope: Scope
key: string
speeches: number
spent_ms: number
overtime_ms: number
}
/**
 * The personal fields of `entry` were emptied.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "JournalRedactedEvent".
 */
export interface JournalRedactedEvent {
entry: number
reason: string
}
/**
 * The meeting was called off.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingCancelledEvent".
 */
export interface MeetingCancelledEvent {
meeting: MeetingView
reason: string
}
/**
 * The meeting itself, as everybody sees it. Times are ISO 8601 UTC.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingView".
 */
export interface MeetingView {
id: string
title: string
state: MeetingState
organization: string
brand: string
is_demo: boolean
scheduled_start: string
planned_minutes: number
started_at: (string | null)
ended_at: (string | null)
acting_host: (string | null)
}
/**
 * The meeting is over. `head` is the chain's link before this event, for everybody to keep.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingEndedEvent".
 */
export interface MeetingEndedEvent {
meeting: MeetingView
head: string
}
/**
 * The host is here again, or nobody is left who could act.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingHandedBackEvent".
 */
export interface MeetingHandedBackEvent {
meeting: MeetingView
}
/**
 * The host is lost; `acting` acts for the host.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingHandedOverEvent".
 */
export interface MeetingHandedOverEvent {
meeting: MeetingView
acting: string
host_seen_at: string
}
/**
 * Signing in has begun.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingLobbyOpenedEvent".
 */
export interface MeetingLobbyOpenedEvent {
meeting: MeetingView
}
/**
 * The meeting is adjourned.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingPausedEvent".
 */
export interface MeetingPausedEvent {
meeting: MeetingView
}
/**
 * The notice is out.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingPublishedEvent".
 */
export interface MeetingPublishedEvent {
meeting: MeetingView
}
/**
 * The meeting goes on.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingResumedEvent".
 */
export interface MeetingResumedEvent {
meeting: MeetingView
}
/**
 * The meeting is live.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MeetingStartedEvent".
 */
export interface MeetingStartedEvent {
meeting: MeetingView
}
/**
 * The minutes are out. `head` is the chain's link that they were frozen with.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "MinutesIssuedEvent".
 */
export interface MinutesIssuedEvent {
meeting: MeetingView
minutes: string
series: string
issue_year: number
issue_no: number
sha256: string
head: string
issued_by: string
}
/**
 * People who waited are inside.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleAdmittedEvent".
 */
export interface PeopleAdmittedEvent {
participants: ParticipantView[]
}
/**
 * A participant as everybody in the meeting sees it.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ParticipantView".
 */
export interface ParticipantView {
id: string
person: (string | null)
name: string
unit: string
title: string
role: Role
kind: AttendanceKind
sector: (string | null)
venue: (string | null)
presence: Presence
muted: boolean
position: number
}
/**
 * Somebody signed in: staff are inside, others wait to be admitted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleCheckedInEvent".
 */
export interface PeopleCheckedInEvent {
participants: ParticipantView[]
}
/**
 * People were put on the roster.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleInvitedEvent".
 */
export interface PeopleInvitedEvent {
participants: ParticipantView[]
}
/**
 * 请假: approved leave.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleLeaveGrantedEvent".
 */
export interface PeopleLeaveGrantedEvent {
participants: ParticipantView[]
reason: string
}
/**
 * Somebody left.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleLeftEvent".
 */
export interface PeopleLeftEvent {
participants: ParticipantView[]
}
/**
 * Microphones were shut by the staff or by the venue's clerk.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleMutedEvent".
 */
export interface PeopleMutedEvent {
participants: ParticipantView[]
}
/**
 * 请离会场: somebody was shown out.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleRemovedEvent".
 */
export interface PeopleRemovedEvent {
participants: ParticipantView[]
reason: string
}
/**
 * Somebody sits in a venue now (or no longer does).
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleSeatedEvent".
 */
export interface PeopleSeatedEvent {
participants: ParticipantView[]
}
/**
 * Somebody was taken off the roster before having come.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleUninvitedEvent".
 */
export interface PeopleUninvitedEvent {
participant: string
}
/**
 * Microphones may be heard again when their owner has the floor.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleUnmutedEvent".
 */
export interface PeopleUnmutedEvent {
participants: ParticipantView[]
}
/**
 * A venue takes part.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleVenueAddedEvent".
 */
export interface PeopleVenueAddedEvent {
venue: VenueView
}
/**
 * A venue that takes part.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VenueView".
 */
export interface VenueView {
id: string
name: string
type: string
capacity: number
position: number
}
/**
 * A commitment was noted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RecordCommitmentNotedEvent".
 */
export interface RecordCommitmentNotedEvent {
commitment: CommitmentView
}
/**
 * A commitment as everybody sees it; `due` is an ISO date.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "CommitmentView".
 */
export interface CommitmentView {
id: string
unit: string
text: string
due: (string | null)
}
/**
 * An opinion was noted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RecordOpinionNotedEvent".
 */
export interface RecordOpinionNotedEvent {
opinion: OpinionView
}
/**
 * An opinion as everybody sees it; `speaker` is a participant's id.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "OpinionView".
 */
export interface OpinionView {
id: string
no: number
aspect: string
text: string
speaker: (string | null)
}
/**
 * The layout was chosen.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StageLayoutSetEvent".
 */
export interface StageLayoutSetEvent {
layout: Layout
}
/**
 * The big picture was chosen; null follows the speaker.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StageSpotlightSetEvent".
 */
export interface StageSpotlightSetEvent {
participant: (string | null)
}
/**
 * No further answers are taken, and this is the result.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingClosedEvent".
 */
export interface VotingClosedEvent {
poll: PollView
}
/**
 * A poll as people see it. `config` is the digest of what was fixed at opening; `result` is null until closing.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PollView".
 */
export interface PollView {
id: string
number: number
question: string
options: string[]
mode: PollMode
kind: PollKind
max_choices: number
rule: string
state: PollState
eligible: (number | null)
electorate: (string | null)
config: (string | null)
opened_at: (string | null)
closed_at: (string | null)
void_reason: (string | null)
result: (ResultView | null)
}
/**
 * A result: one count per option. `head` is the chain's link before the event that told it, for all to keep.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "ResultView".
 */
export interface ResultView {
counts: number[]
eligible: number
participated: number
config: string
head: string
}
/**
 * A prepared question was thrown away before anybody was asked.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingDiscardedEvent".
 */
export interface VotingDiscardedEvent {
poll: string
}
/**
 * The poll is closed, but the answers counted do not agree with the people who took part: there is no result.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingDisputedEvent".
 */
export interface VotingDisputedEvent {
poll: PollView
participated: number
counted: number
}
/**
 * Answers are taken. Who may answer is fixed; told are their number and a digest.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingOpenedEvent".
 */
export interface VotingOpenedEvent {
poll: PollView
}
/**
 * A question is ready to be asked; only the staff know.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingPreparedEvent".
 */
export interface VotingPreparedEvent {
poll: PollView
}
/**
 * The poll was called off while open; what had been answered is gone.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingVoidedEvent".
 */
export interface VotingVoidedEvent {
poll: PollView
}
/**
 * The snapshot, slice by slice.
 */
export interface SnapshotSlices {
agenda: AgendaState
documents: DocumentsState
floor: FloorState
meeting: MeetingView
people: PeopleState
record: RecordState
stage: StageState
voting: VotingState
}
/**
 * The items in order.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "AgendaState".
 */
export interface AgendaState {
items: ItemView[]
}
/**
 * The materials in their order, and the page that everybody is shown.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "DocumentsState".
 */
export interface DocumentsState {
documents: DocumentView[]
presenting: (PresentingView | null)
}
/**
 * Requests by id, the queue in order, and all speeches; those with a slot have the floor.
 * 
 * Requests and places are the whole queue for the staff and the leaders; others put what is their own (`FloorOwn`)
 * there. The times are for the staff.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorState".
 */
export interface FloorState {
is_open: boolean
rule: RuleView
dialogue: boolean
length: number
requests: {
[k: string]: RequestView
}
queue: PlaceView[]
speeches: SpeechView[]
times: {
[k: string]: {
[k: string]: TimeRow
}
}
}
/**
 * Participants by id and venues by id.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "PeopleState".
 */
export interface PeopleState {
participants: {
[k: string]: ParticipantView
}
venues: {
[k: string]: VenueView
}
}
/**
 * Opinions and commitments in the order they were noted.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "RecordState".
 */
export interface RecordState {
opinions: OpinionView[]
commitments: CommitmentView[]
}
/**
 * How the meeting is shown, and who is big by choice; null follows the speaker.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "StageState".
 */
export interface StageState {
spotlight: (string | null)
layout: Layout
}
/**
 * Polls by id; `number` is their order.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "VotingState".
 */
export interface VotingState {
polls: {
[k: string]: PollView
}
}
/**
 * What a participant alone is told, slice by slice.
 */
export interface OwnParts {
floor: FloorOwn
}
/**
 * Requests by id and places in the whole queue, as far as they are one's own business.
 * 
 * This interface was referenced by `Protocol`'s JSON-Schema
 * via the `definition` "FloorOwn".
 */
export interface FloorOwn {
sees_all: boolean
requests: {
[k: string]: RequestView
}
queue: PlaceView[]
}
