/** Every buffer, queue, count and wait has a limit with its unit in its name. */
import { GiB, KiB, MiB } from './bytes.ts';

// Model files
export const fileBytesMax = 1024 * GiB;
/**
 * Qwen headers are about 6 MB because the vocabulary is inside; the largest known are near 40 MB. The library that
 * parses them holds 50 MB at most and wants 0.5 MB beyond the end.
 */
export const headerBytesMax = 46 * MiB;
/** What the first request asks for: the whole header of a small model and few of its weights. */
export const headerFirstBytes = 32 * KiB;
/** Files of one model; the largest models there are have about 50. */
export const shardsMax = 256;
export const metadataEntriesMax = 10_000;
export const metadataKeyBytesMax = 256;
/** The library that parses headers cuts a longer one in silence; templates take 20 KB. */
export const metadataStringBytesMax = 384 * KiB;
/** The library's own limit. */
export const metadataArrayMax = 1_000_000;
/** Over all arrays of a header; parsed, an element takes up to 32 bytes. */
export const metadataElementsMax = 4_000_000;
export const tensorNameBytesMax = 64;
export const modelRefCharactersMax = 2048;
/** The largest known are near 20,000. */
export const templateCharactersMax = 128 * KiB;
/** Of any text that a template makes; more than a request body holds. */
export const templateTextCharactersMax = 2 * MiB;
export const templateRangeMax = 10_000;
export const templateMs = 2_000;
export const tensorCountMax = 100_000;
export const layerCountMax = 1024;
export const vocabularyMax = 1_048_576;
/** DESIGN section 4: 8 to 32 MB a range. */
export const chunkBytesMax = 8 * MiB;
/** Neighbouring chunks are asked for together up to this. */
export const requestBytesMax = 16 * MiB;
/** What a load holds of a tensor outside of the device, in whole rows. */
export const tensorPieceBytes = 2 * MiB;
export const fetchesAtOnce = 3;
export const fetchTriesMax = 5;
export const fetchStallMs = 30_000;
/** Doubles with every try. */
export const fetchBackoffMs = 500;
/** A server that does not answer by then is not waited for where the header of its model is kept. */
export const keptHeaderMs = 2_000;
/** A server that asks for a longer pause is not waited for; its wish is told to the caller. */
export const retryAfterMaxMs = 30_000;
/** A connection that brought as much before it broke does not count as a failed try. */
export const fetchProgressBytes = 64 * KiB;

// The Hub's lists
export const hubAnswerBytesMax = 8 * MiB;
export const hubAnswerMs = 15_000;
export const hubSearchCharactersMax = 200;
/** Asked for; the most downloaded first. */
export const hubRepositoriesMax = 20;

// Downloads and what is stored
export const downloadsMax = 64;
/** What a disk lost is fetched again so often before it is given up. */
export const healRoundsMax = 3;
/** Of a file that is hashed on a page's own thread: some 5 ms. */
export const hashPieceBytes = 512 * 1024;
/** Doubles with every failure in a row. */
export const downloadRetryMinMs = 5_000;
export const downloadRetryMaxMs = 300_000;
/** Over so long a download's speed is measured. */
export const downloadSpeedMs = 5_000;
export const downloadTellMs = 200;
/** Of what is remembered of a stored model: 20 bytes for each of its chunks. */
export const storedNoteBytesMax = 8 * MiB;
/** So often at most it is written down that a model is in use: people want to know the day. */
export const useNotedEveryMs = 3_600_000;

// Engine
export const sessionsPerStageMax = 64;
export const rowsPerForwardMax = 512;
/** What a recurrent layer can take back (see engine/stage.ts): drafts that are verified together are at most as many. */
export const rewindRowsMax = 8;
/** Tokens that are verified in one pass; the row of the token before them comes along. */
export const draftsMax = rewindRowsMax - 1;
/** Of a model that drafts, with its cache; never of what layers need that are held here. */
export const draftBytesMax = 768 * MiB;
/** Where a trip takes less, drafting with a model took as long as it saved (0.6B for 1.7B, 0 to 5 ms between peers). */
export const draftTripMsMin = 30;
/** Rows of the text that such a model reads at once: what a stage beside it may have to wait for. */
export const draftPieceRows = 16;
/** Further behind the text, it reads on while trips are under way before it drafts: a trip's tokens, and one. */
export const draftLagMax = draftsMax + 1;
/** Models on this device whose headers are read to find one that can draft. */
export const draftCandidatesMax = 4;
/** Positions that a sliding layer keeps beyond its window (see engine/stage.ts): an answer that is asked for anew goes back as far. */
export const slidingRewindMax = 256;
/** Tokens whose likelihoods come with each token of an answer: as many as OpenAI's API gives. */
export const likeliestMax = 20;
export const contextPositionsMax = 131_072;
/** A driver that hangs must not keep a tab from its CPU. */
export const adapterMs = 15_000;
/** A device that is lost so often within the window is not asked for again: a driver that fails for good would only cost reloads. */
export const deviceLossesMax = 3;
export const deviceLossWindowMs = 600_000;
/** Choosing kernels for a GPU by measuring; most of it is compiling, and a compiler that hangs must not keep a tab waiting. */
export const tierMs = 5_000;
/** Work of one submit; a GPU that computes longer makes the page stutter, and Windows resets it after 2 s. */
export const submitMs = 100;
/** Without further threads by then the CPU computes with one. */
export const threadStartMs = 10_000;

// Wire
export const frameBytesMax = 16 * KiB;
export const controlMessageBytesMax = 64 * KiB;
/** Under way or unread on one channel before `send` waits; WebRTC carries about 64 KiB per round trip. */
export const channelWindowBytes = 1 * MiB;
/** A larger message is not copied to the lane: four packets of WebRTC, what it sends at once after a pause (dcSCTP's max_burst). */
export const copyBytesMax = 4600;
/** Without copies below that round trip: what is lost on so short a way is rare, and a copy costs some 0.1 ms of work. */
export const copyRoundTripMs = 2;
/** Of copies that the browser has not sent yet; no more are made. */
export const laneWaitingBytesMax = 64 * KiB;
/** Of copies that wait for a message before them. */
export const earlyBytesMax = 256 * KiB;
/** Further connections with one peer, for slices, and with all peers, those that it opens and those that others open each; Chrome refuses the 501st of a page. */
export const stripesPerPeerMax = 3;
export const stripesMax = 12;
/** One connection carries some 64 KiB a round trip: below this that is 6 MiB/s and more. */
export const stripeRoundTripMs = 10;
/** What waits for a further connection goes over one that is there after this, and the next try is left for a while. */
export const stripeDialMs = 8_000;
export const stripeRestMs = 60_000;
/** A further connection that nothing goes over is closed after this: the next slice may follow at once. */
export const stripeIdleMs = 2_000;
export const identitySlotsMax = 64;
/** Relays on which a peer holds a place at once. */
export const reservationsHeld = 2;
/** Those that a person set, and as many again that came with the addresses of others. */
export const relaysKnownMax = 8;
export const iceServersMax = 8;
export const iceUrlsMax = 4;
export const iceCharactersMax = 512;
/** Of a file of network settings. */
export const settingsBytesMax = 64 * KiB;
export const relayReservationsMax = 512;
/** Of one /24 or /48 at once, on a public relay: an office of tabs, not a swarm that shuts out everybody else. */
export const relayConnectionsPerSubnet = 128;
export const relayReservationsPerSubnet = 64;
/** Connections beside those, from one such subnet: its pages and metrics are read, and WebSockets still shake hands. */
export const relayReadersPerSubnet = 16;
/** Streams of one WebTransport connection that either side has open at once, as many as over a WebSocket. */
export const quicStreamsMax = 256;
/** On their way to whoever reads one WebTransport connection, and one stream of it. */
export const quicConnectionWindowBytes = 2 * MiB;
export const quicStreamWindowBytes = 512 * KiB;
/** What a client may send beyond what is read of its streams and what it is answered: repeated packets, acknowledgements. */
export const quicUnusedBytesMax = 4 * MiB;
/** Of what HTTP/3 says before a stream is a WebTransport one. */
export const http3FrameBytesMax = 16 * KiB;
/** What a relay carries for one pair that finds no direct way: about 20,000 hops of a 0.6B model. */
export const relayedBytesMax = 256 * MiB;
export const relayedMs = 3_600_000;
export const channelsPerProtocolMax = 256;
export const podMembersMax = 32;
export const podModelsMax = 16;
export const heldRangesMax = 64;
export const addressesPerPeerMax = 16;
export const addressCharactersMax = 512;
export const textCharactersMax = 1024;
/** Of why a member cannot load a model, as the others are told. */
export const problemCharactersMax = 256;
/** An invite link names this many members to dial, so that it outlives the one who made it. */
export const inviteContactsMax = 3;
export const relaysPerInviteMax = 2;
export const peerNameBytesMax = 64;
export const inviteCharactersMax = 4096;
/** Of a path, as long as Windows has them; others end sooner. */
export const pathCharactersMax = 32_767;

// The pod's document
/** Whoever was a member once; those with statements of their own stay in the version that members exchange. */
export const podAuthorsMax = 512;
export const statementsPerAuthorMax = 4096;
/** JSON of one statement; an entry of another room has nearly all of it. */
export const statementBytesMax = 8 * KiB;
/** Authors that one statement names as known; who knows of more says so in several. Some 60 bytes each. */
export const seenPerStatementMax = 32;
/** Signature and header of one. */
export const statementHeaderBytesMax = 512;
export const statementKindCharactersMax = 64;
/** What one author may say in all, so that nobody fills the document alone. */
export const authorBytesMax = 1 * MiB;
/** The same for a viewer, and for members once the document is nearly full. */
export const quietAuthorBytesMax = 128 * KiB;
export const entryKeyCharactersMax = 128;
export const documentBytesMax = 8 * MiB;
/** From here on a document is nearly full. */
export const documentNearlyFullBytes = 6 * MiB;
/**
 * The last of it, and of the authors, is for owners and admins, so that whoever has filled it can still be removed. Half as much
 * before each limit one says no more oneself: members that are apart may have more together than each of them.
 */
export const documentSpareBytes = 1 * MiB;
export const podAuthorsSpare = 32;
/** What one update may add: a whole document, and what its library writes around each statement. */
export const documentUpdateBytesMax = 9 * MiB;
/** Of one call to the state worker, past which it is ended; for each KiB that it reads come some of 3 ms for a signature. */
export const documentCallMs = 15_000;
export const documentKiBMs = 10;
/** With the first call it fetches its script and 1 MB of library. */
export const stateWorkerStartMs = 120_000;
/** From one member, waiting to be read into the document, each message counted as at least the second: the largest document, twice. */
export const unreadBytesMax = 2 * documentUpdateBytesMax;
export const unreadMessageBytes = 16 * KiB;
/** To one member, waiting: the largest document in parts, and some more. */
export const unsentMessagesMax = 1024;
/** Of one other pod; what is not bounded by this is bounded by the device. */
export const federationRequestsMax = 100_000;
export const federationTokensMax = 1_000_000_000_000;
export const federationAddressesMax = 4;
export const federationAddressCharactersMax = 300;
/** JSON of three contacts; those of both pods leave half of a statement for the ids of all members, as such and as seen. */
export const federationContactsCharactersMax = 1_600;
/** Whom a pod names to another may ask for so long; it is said anew when half of it is over. */
export const federationPassMs = 7 * 86_400_000;
/** Members who come or go within this are told to other pods at once. */
export const federationRenewMs = 5_000;
/** What other pods serve is asked again when it is older. */
export const federationTermsMs = 60_000;
/** A request waits no longer for a pod that was never asked what it serves. */
export const federationLookMs = 1_500;
/** Peers of another pod that are tried for one request. */
export const federationTriesMax = 3;
/** Of those who were there last and those whom the agreement names, for what its pod serves: all of them within this. */
export const federationAskedMax = 6;
export const federationAskMs = 30_000;
/** Answers under way for other pods at one peer, or callers that have not shown yet that they may ask. */
export const alliesMax = 4;
/** Of one message on the way. */
export const documentPartBytesMax = 32 * KiB;
/** 43 characters each. */
export const verifiedSignaturesMax = 8192;
export const inviteUsesMax = 10_000;
export const inviteExpiresMs = 72 * 3_600_000;
/** What others did wrong, as long as this peer runs. */
export const warningsMax = 50;
/** Keys that a member remembers: who was away while so many were removed needs a new invite. */
export const podKeysMax = 32;

// Slices between members
/** Of a chunk in one message: a stream is shared with nobody, but its connection with hidden states. */
export const slicePieceBytes = 32 * KiB;
export const sliceEntriesMax = 512;
/** Of one inventory; more than the chunks of the largest file there may be would be read only to be thrown away. */
export const sliceStatementsMax = 256;
export const manifestBytesMax = 8 * MiB;
export const manifestPartsMax = 131_072;
/** Chunks that one asker may have waiting at one holder. */
export const sliceWantsPerChannelMax = 4;
export const sliceChannelsPerMemberMax = 16;
/** Chunks that one peer sends at once, all members together. */
export const sliceUploadsMax = 4;
/** What is not given in this time may be given at once after it: timers of hidden tabs ring once a second. */
export const allowanceMs = 1_000;
/** A pass of others waits no longer for its turn, whatever the share: each pass of an answer has `stepMs` for all its waits. */
export const givingWaitMs = 5_000;
/** The least share of its time that a device gives, so that nobody waits for ever. */
export const givingShareMin = 0.05;
/** Of what a device gives, while an answer of its own runs. */
export const ownAnswerShare = 0.25;
/** Whoever has not typed for so long does not type: longer than most stop between two words. */
export const typingQuietMs = 3_000;
/** An answer of others that begins while this person types waits no longer than this: less than `takeoverAnswerMs`, since it may be one that was taken over. */
export const typingHoldMs = 3_000;
/** A plug or a network that changes for less than this changes nothing. */
export const surroundingsSteadyMs = 5_000;
/** Other programs keep a device busy, or no longer, when it has been so for this long. */
export const pressureSteadyMs = 30_000;
/** Between two looks at the hour; a device that slept looks so soon after it woke. */
export const hourLookMs = 30_000;
/** Between two looks at how busy it is. */
export const pressureSampleMs = 5_000;
/** Of what a person may lend: far beyond any device. */
export const lentBytesMax = 1024 * GiB;
/** Chunks that one fetch takes from one member at once: the next is asked for while one arrives. */
export const sliceWindow = 2;
/** And more, where there are more chunks than the other members take: over connections of their own where the way is long. */
export const sliceFurtherLanes = 2;
/** Chunks under way from all members together, 8 MiB each at most. */
export const sliceClaimsMax = 8;
/** A member that sends nothing for this long is passed over. */
export const sliceSilenceMs = 8_000;
/** A chunk is asked for elsewhere too when it has taken this long and will take as long again. */
export const sliceHedgeMs = 3_000;
/** Of the chunks that are taken on members' word, those that the source is asked for as well. */
export const spotCheckShare = 1 / 16;
/** A source that sends nothing for this long is not waited for where members have what is asked of it. */
export const sourceSilenceMs = 8_000;
/** Who would wait longer for a chunk than this is refused and asks again, or asks another: less than `sliceSilenceMs` by far. */
export const sliceWaitMs = 2_000;
/** What others hold is asked for again at this pace while something is missing. */
export const sliceAskEveryMs = 2_000;
/** A silent member is not asked for so long, one that sent wrong bytes longer. */
export const sliceSilentRestMs = 30_000;
export const sliceWrongRestMs = 600_000;

// Pipeline
/** Rows of a prompt that travel together: large enough to read weights once for many, small enough to overlap stages. */
export const prefillRows = 64;
export const chunksInFlightMax = 4;
/** The last token and a few drafts: rows that never wait for more than one chunk of somebody's prompt. */
export const shortRowsMax = 16;
export const hopsMax = 64;
/** Chunks of one session; a counter of 32 bits on the wire. */
export const stepsMax = 0xffff_ffff;
/**
 * What a session keeps of the rows that it sent on, f16, so that another peer can take the place of the next: 8,192 rows
 * of a 0.6B model, 2,048 of an 8B. Half of what may wait for one member.
 */
export const replaySessionBytesMax = 16 * MiB;
/** Rows of one session that wait for a stage, f32: such a replay, and the chunks of a long prompt behind it. */
export const waitingRowsBytesMax = 2 * replaySessionBytesMax + 8 * MiB;
/** Of all sessions of one peer. */
export const replayBytesMax = 128 * MiB;
/** Waiting to be sent to one member; past it the sessions that send more fail. */
export const outboxBytesMax = 32 * MiB;
/** Chunks that have arrived in part, for one member. */
export const partialBytesMax = 16 * MiB;
/** As many as there may be sessions; one costs about 0.8 KB beside its bytes. */
export const partialChunksMax = 64;
/** Plans reserve caches for one conversation of this length; longer ones take what is left. */
export const planContextPositions = 4096;
/** The least that a pod may say instead. */
export const planContextPositionsMin = 256;
/** Headers of models that nobody serves, kept for plans of them; 30 to 300 KB each. */
export const triedHeadersMax = 16;
/** Room beyond the prompt that a session begins with, or the next turn finds; what is longer moves to a larger session. */
export const sessionRoomPositions = 1024;
/** Sessions that one requester keeps for the next turn of their conversations. */
export const restingSessionsMax = 4;

/** Of WebLLM's catalogue, chosen to run whole in this tab. */
export const wholeModelsMax = 32;

// Chats
export const chatsMax = 2_000;
export const chatExchangesMax = 2_000;
export const chatCharactersMax = 1_000_000;
/** Of a text file that goes with a question: some 60,000 tokens. */
export const attachmentBytesMax = 256_000;
export const attachmentsMax = 8;
/** Of all of them, as they stand in the question: below `chatCharactersMax`, so that the chat can be kept. */
export const attachedCharactersMax = 512_000;
/** Of a file that is imported. */
export const chatFileBytesMax = 64 * MiB;
/** An answer that comes in is kept at this pace, so that a crash loses no more. */
export const chatKeepEveryMs = 1_000;
/** Between two showings of an answer that comes in. */
export const textEveryMs = 60;
/** A page that nobody sees or uses takes a newer version that its person left alone after this. */
export const idleUpdateMs = 60_000;

// Plan
/** Up to so many peers with room the fastest chain of all is found, in every order: 2^8 x 8 x (8 + layers) steps. */
export const exactSearchPeersMax = 8;
/** Of the search over more peers than that; about 50 ms. */
export const searchStepsMax = 5_000_000;
/** Slower counts as this slow: 1 MB in 4 s. */
export const speedNanosPerMBMax = 4_000_000_000;
/** Weights that a peer measures itself with, of a model whose layers are smaller. */
export const measureBytesMax = 64 * MiB;
export const measureMs = 2_000;
/** Loads wait no longer for that: one pass of a slow CPU cannot be cut off. */
export const measureWaitMs = 6_000;
/** A tab counts as hidden after this: whoever looks elsewhere for a moment moves no layers. */
export const hiddenAfterMs = 60_000;
/** Beyond this the round trip to a member says nothing more. */
export const roundTripMsMax = 60_000;
/** Of the file that describes a pod for `tabmesh plan`. */
export const describedPodBytesMax = 256 * KiB;
/** A process that plans reads a header first, perhaps from a slow server. */
export const planAnswerMs = 60_000;
/** What it says then: some sentences for each of its members. */
export const toldPlanBytesMax = 256 * KiB;

// Waits
export const dialMs = 15_000;
/** Of it, what addresses over relays have where direct ones are tried before them: libp2p gives each 6 s. */
export const relayDialsMs = 12_000;
export const handshakeMs = 10_000;
/** Between the end of WebRTC's signalling and the connection that it led to: the last checks are under way. */
export const rtcConnectedMs = 5_000;
/** And for each KiB of the pod's document that crosses in it: a slow line carries it, and a slow device checks it, in less. */
export const exchangeKiBMs = 40;
/** With all that. */
export const handshakeMostMs = 300_000;
/** Who has not asked anew with the token that it was sent by then starts over. */
export const quicTokenMs = 10_000;
/** A WebTransport connection over which nothing comes is given up. Pulses come more often. */
export const quicIdleMs = 30_000;
/** Browsers take no certificate by its hash that is good for longer (https://www.w3.org/TR/webtransport/#custom-certificate-requirements). */
export const certificateDaysMax = 14;
/** A channel between stages that has not opened by then is tried again, perhaps over a connection that has come meanwhile. */
export const linkTryMs = 3_000;
export const linkTriesMax = 3;
/** Between two tries: as one connection takes the place of another there is none for a moment. */
export const linkPauseMs = 200;
/** After that a channel that was closed politely, or a peer that was stopped, is cut off. */
export const channelCloseMs = 3_000;
/** Round trips are measured, and dead connections found, at this pace. */
export const pulseEveryMs = 10_000;
/** The shortest counts: the first brings the greeting of its stream, and pages that are busy answer late. */
export const pulsePings = 3;
export const pulseSilenceMs = 10_000;
export const relayRetryMinMs = 1_000;
export const relayRetryMaxMs = 60_000;
export const heartbeatEveryMs = 500;
/**
 * Counted from what was heard last, so a departure without a goodbye is seen 1.75 to 2.25 s after it, and a takeover has
 * the rest of 3 s.
 */
export const heartbeatSilenceMs = 2_250;
/**
 * A heartbeat of our own that is later than this means that we slept, not that the others are silent. Hidden tabs have
 * timers once a second, so our pause and theirs together stay within the silence.
 */
export const ownSleepMs = 1_250;
/** By then what was said while we slept has been heard, and a heartbeat or two since. */
export const afterSleepMs = 1_000;
/** A member that broke off without a goodbye is called again, each time after twice the pause, for so long. */
export const reconnectPauseMs = 1_000;
export const reconnectPauseMaxMs = 60_000;
export const reconnectForMs = 3_600_000;
/** A member that is lost again sooner than this after it came back waits longer for the next call. */
export const steadyMs = 60_000;
/** Who returns to its pod and finds nobody is alone in it after this. */
export const returnMs = 8_000;
/** Each new record of a member is planned with, some 50 ms for 32 members: so often at most, once it has said so many. */
export const recordEveryMs = 150;
export const recordsAtOnce = 16;
/** Members tell each other whom they know, so that two who lost each other meet again. */
export const introduceEveryMs = 30_000;
/** A newcomer loads nothing before it has met those it was introduced to, but waits for them no longer than this. */
export const meetMs = 5_000;
/** A stage forgets a session without rows for this long. */
export const sessionIdleMs = 300_000;
export const stageLoadMs = 600_000;
/** One pass of one chunk of rows through the whole chain; a slow CPU with a large slice needs seconds. */
export const stepMs = 60_000;
/** Who does not answer by then when a hop is replaced is replaced as well. */
export const takeoverAnswerMs = 5_000;
/** How often one answer may be taken over by other peers before it fails. */
export const takeoversMax = 8;

// Requests
export const requestBodyBytesMax = 1 * MiB;
export const messagesMax = 1024;
export const stopSequencesMax = 16;
/** Of one plain completion, answered one after the other. */
export const promptsMax = 16;
/** Tokens whose likelihoods come with each token of one: OpenAI's. */
export const completionLikeliestMax = 5;
/** A response that a client may go on from: its conversation, and itself. */
export const keptResponseBytesMax = 2 * MiB;
export const keptResponseMs = 86_400_000;
/** Of a process; and of a page, which keeps them in memory. */
export const keptResponsesMax = 256;
export const pageResponsesMax = 32;
export const concurrentRequestsMax = 32;
export const stopCharactersMax = 1024;
/** A model whose source does not answer within this is left out of the list. */
export const modelListMs = 5_000;
/** A stream's headers wait this long for the route, so that they can name it. */
export const routeWaitMs = 10_000;
/** A client that takes nothing for this long has gone; its generation stops. */
export const clientStallMs = 60_000;
// Keys of the gateway's clients
export const clientKeysMax = 256;
export const clientNameCharactersMax = 64;
export const clientModelsMax = 64;
/** In a minute; each is a number in memory. */
export const clientRequestsMax = 10_000;
/** A million dollars a day. */
export const clientCentsMax = 100_000_000;

// The gateway
export const gatewayConnectionsMax = 1024;

// Router
/** Other models that one request allows. */
export const alternativesMax = 8;
/** Destinations that one request is tried at, one after the other. */
export const routeTriesMax = 3;
/** A free route that is silent for so many times what its first word takes by its record, and this long at least, gets a rival. */
export const hedgeTimes = 3;
export const hedgeMinMs = 1_000;
/** After a failure, twice as long with each one in a row. */
export const restMinMs = 15_000;
export const restMaxMs = 900_000;
/** Times that were measured longer ago than this are unknown again. */
export const recordAgeMaxMs = 600_000;
export const recordsMax = 256;

// Requests that other peers answer
/** Of a request, in one message. */
export const completePieceBytes = 32 * KiB;
/** Of an answer, in one message: at most three bytes each. */
export const completeTextCharacters = 8 * KiB;
/** Of a whole answer on the wire, messages counted as `costOf` does: some 200,000 tokens that come one by one. */
export const completeAnswerCostMax = 16 * MiB;
/** Under way at once; each holds at most one request of `requestBodyBytesMax`. */
export const completePerPeerMax = 4;
export const completeInAllMax = 16;
/** Of guests, who read a public page and could be anybody: more than are answered at once, since they are refused in words. */
export const completeGuestsMax = 8;
/** Between two messages of an answer: longer than a provider may be silent. */
export const completeSilenceMs = 130_000;
/** Tools of one request, or calls of one message. */
export const completeToolsMax = 128;

// Guests: who asks with a viewer's invite, from a page that anybody may open
/** Welcomed by one member at once. */
export const guestsMax = 64;
/** Of these by one invite, so that a page with many visitors leaves room to those of another, and of one peer. */
export const guestsPerInviteMax = 48;
export const guestsPerPeerMax = 4;
/** Of one peer, one of which is under way at once. */
export const guestAnswersPerPeerAndMinute = 10;
/** Of all guests of one member, under way at once and begun in a minute: its own questions come first. */
export const guestAnswersMax = 2;
export const guestAnswersPerMinute = 30;
export const guestMessagesMax = 8;
/** Of a whole request: some passages of a site and a question. */
export const guestPromptCharactersMax = 24_000;
export const guestTokensMax = 768;

// Treasury
/** Of any amount: ten million dollars, and prices times a million tokens are still exact. */
export const microcentsMax = 1_000_000_000_000_000;
/** Of one answer that a treasury pays, where the request allows more. */
export const treasuryTokensMax = 8192;
/** How often the page of a pod looks what was spent. */
export const budgetLookMs = 5_000;
/** Under way at one payer. */
export const reservationsMax = 256;
/** Lines of the audit list that are kept. */
export const bookingsMax = 500;
/** Of one member in one period; later ones move nothing. */
export const transfersMax = 64;
/** Days whose sums are kept singly, so that a month is whole. */
export const bookDaysMax = 62;

// Providers that are asked with a key
export const providersMax = 16;
export const secretCharactersMin = 8;
export const secretCharactersMax = 512;
/** Until the headers of an answer: models that think first send them at once. */
export const providerAnswerMs = 60_000;
/** Between two pieces of an answer; models that think are silent for long, most servers send comments meanwhile. */
export const providerSilenceMs = 120_000;
/** Of what a provider says went wrong. */
export const providerErrorBytesMax = 16 * KiB;
export const providerWordsMax = 300;
/** One event of a stream: a call of a tool may be as long as a request. */
export const eventBytesMax = 1 * MiB;
export const streamBytesMax = 64 * MiB;
/** The longest known list has about 700 KB for 500 models. */
export const providerListBytesMax = 8 * MiB;
export const providerModelsMax = 2000;
export const providerListMs = 10_000;
export const providerListAgeMs = 600_000;
/** Between leaving for a sign-in page and coming back from it. */
export const signInMs = 900_000;

// Sites that questions are answered from
export const sitePagesMax = 300;
/** Of all pages together, in a visitor's page and on the command line. */
export const siteCharactersMax = 24 * MiB;
export const indexedPagesMax = 5_000;
export const indexedCharactersMax = 256 * MiB;
export const pageBytesMax = 2 * MiB;
export const pageUrlCharactersMax = 2048;
/** The protocol's own limits are 50,000 entries and 50 MB a file. */
export const sitemapEntriesMax = 50_000;
export const sitemapBytesMax = 8 * MiB;
export const sitemapsMax = 32;
export const siteReadsAtOnce = 4;
export const siteReadMs = 60_000;
export const passageCharactersMax = 1_200;
export const headingCharactersMax = 200;
export const passagesPerPageMax = 200;
export const passagesMax = 20_000;
export const indexBytesMax = 32 * MiB;
export const searchHitsMax = 6;
export const questionCharactersMax = 4_000;
export const suggestionsMax = 8;
/** Of what a site lets the widget say in place of its own words; each of them, with its name. */
export const widgetWordsMax = 100;
export const widgetWordCharactersMax = 500;

// Answers in a form
/** Of one JSON schema as text; an answer's grammar is some times as long. */
export const schemaCharactersMax = 64 * KiB;
export const schemaDepthMax = 32;
/** Schemas within one, those behind references counted once. */
export const schemaPartsMax = 2_000;
/** Of a `minLength`, `maxItems` and the like; a grammar writes them out. */
export const schemaCountMax = 1_000;
/** Runs of spaces and line ends between the parts of an answer's JSON; a small model would write them for ever. */
export const jsonSpacesMax = 32;
export const jsonDigitsMax = 15;
export const toolsMax = 128;
export const toolCallsMax = 128;
export const biasesMax = 1024;
/** Compiling a grammar over a vocabulary of 150,000 takes 0.3 s; one step 1 ms. Past it the worker is ended. */
export const grammarMs = 10_000;
/** Compiled grammars that are kept for the next answer. */
export const grammarsKept = 16;
/** Vocabularies in the grammar worker; one of 150,000 takes 10 MB. */
export const grammarVocabulariesMax = 2;
