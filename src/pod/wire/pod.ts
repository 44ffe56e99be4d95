// @ts-nocheck
// Made by `npm run proto` from src/pod/wire/pod.proto.
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface PodMessage {
  hello?: Hello
  challenge?: Challenge
  proof?: Proof
  welcome?: Introduction
  refusal?: Refusal
  announce?: Record
  heartbeat?: Heartbeat
  goodbye?: Goodbye
  contacts?: Contacts
  present?: Introduction
  admission?: Admission
  heads?: Heads
  update?: Update
  fork?: Fork
  key?: Key
}

export namespace PodMessage {
  let _codec: Codec<PodMessage>

  export const codec = (): Codec<PodMessage> => {
    if (_codec == null) {
      _codec = message<PodMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.key != null) {
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.fork != null) {
          obj.key = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.update != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.heads != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.admission != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.present != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.contacts != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.goodbye != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.heartbeat != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.announce != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.refusal != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.welcome != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.proof = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.proof != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.challenge = undefined
          obj.hello = undefined
        }

        if (obj.challenge != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.key = undefined
          obj.fork = undefined
          obj.update = undefined
          obj.heads = undefined
          obj.admission = undefined
          obj.present = undefined
          obj.contacts = undefined
          obj.goodbye = undefined
          obj.heartbeat = undefined
          obj.announce = undefined
          obj.refusal = undefined
          obj.welcome = undefined
          obj.proof = undefined
          obj.challenge = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.challenge != null) {
          w.uint32(18)
          Challenge.codec().encode(obj.challenge, w)
        }

        if (obj.proof != null) {
          w.uint32(26)
          Proof.codec().encode(obj.proof, w)
        }

        if (obj.welcome != null) {
          w.uint32(34)
          Introduction.codec().encode(obj.welcome, w)
        }

        if (obj.refusal != null) {
          w.uint32(42)
          Refusal.codec().encode(obj.refusal, w)
        }

        if (obj.announce != null) {
          w.uint32(50)
          Record.codec().encode(obj.announce, w)
        }

        if (obj.heartbeat != null) {
          w.uint32(58)
          Heartbeat.codec().encode(obj.heartbeat, w)
        }

        if (obj.goodbye != null) {
          w.uint32(66)
          Goodbye.codec().encode(obj.goodbye, w)
        }

        if (obj.contacts != null) {
          w.uint32(74)
          Contacts.codec().encode(obj.contacts, w)
        }

        if (obj.present != null) {
          w.uint32(82)
          Introduction.codec().encode(obj.present, w)
        }

        if (obj.admission != null) {
          w.uint32(90)
          Admission.codec().encode(obj.admission, w)
        }

        if (obj.heads != null) {
          w.uint32(98)
          Heads.codec().encode(obj.heads, w)
        }

        if (obj.update != null) {
          w.uint32(106)
          Update.codec().encode(obj.update, w)
        }

        if (obj.fork != null) {
          w.uint32(114)
          Fork.codec().encode(obj.fork, w)
        }

        if (obj.key != null) {
          w.uint32(122)
          Key.codec().encode(obj.key, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.challenge = Challenge.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.challenge
              })
              break
            }
            case 3: {
              obj.proof = Proof.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.proof
              })
              break
            }
            case 4: {
              obj.welcome = Introduction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.welcome
              })
              break
            }
            case 5: {
              obj.refusal = Refusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 6: {
              obj.announce = Record.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.announce
              })
              break
            }
            case 7: {
              obj.heartbeat = Heartbeat.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.heartbeat
              })
              break
            }
            case 8: {
              obj.goodbye = Goodbye.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.goodbye
              })
              break
            }
            case 9: {
              obj.contacts = Contacts.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts
              })
              break
            }
            case 10: {
              obj.present = Introduction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.present
              })
              break
            }
            case 11: {
              obj.admission = Admission.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.admission
              })
              break
            }
            case 12: {
              obj.heads = Heads.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.heads
              })
              break
            }
            case 13: {
              obj.update = Update.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.update
              })
              break
            }
            case 14: {
              obj.fork = Fork.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fork
              })
              break
            }
            case 15: {
              obj.key = Key.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.key
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.key != null) {
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.fork != null) {
          delete obj.key
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.update != null) {
          delete obj.key
          delete obj.fork
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.heads != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.admission != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.present != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.contacts != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.goodbye != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.heartbeat != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.announce != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.refusal != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.welcome != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.proof
          delete obj.challenge
          delete obj.hello
        }

        if (obj.proof != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.challenge
          delete obj.hello
        }

        if (obj.challenge != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.key
          delete obj.fork
          delete obj.update
          delete obj.heads
          delete obj.admission
          delete obj.present
          delete obj.contacts
          delete obj.goodbye
          delete obj.heartbeat
          delete obj.announce
          delete obj.refusal
          delete obj.welcome
          delete obj.proof
          delete obj.challenge
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield * Challenge.codec().stream(reader, reader.uint32(), `${prefix}.challenge`, {
                limits: opts.limits?.challenge
              })

              break
            }
            case 3: {
              yield * Proof.codec().stream(reader, reader.uint32(), `${prefix}.proof`, {
                limits: opts.limits?.proof
              })

              break
            }
            case 4: {
              yield * Introduction.codec().stream(reader, reader.uint32(), `${prefix}.welcome`, {
                limits: opts.limits?.welcome
              })

              break
            }
            case 5: {
              yield * Refusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 6: {
              yield * Record.codec().stream(reader, reader.uint32(), `${prefix}.announce`, {
                limits: opts.limits?.announce
              })

              break
            }
            case 7: {
              yield * Heartbeat.codec().stream(reader, reader.uint32(), `${prefix}.heartbeat`, {
                limits: opts.limits?.heartbeat
              })

              break
            }
            case 8: {
              yield * Goodbye.codec().stream(reader, reader.uint32(), `${prefix}.goodbye`, {
                limits: opts.limits?.goodbye
              })

              break
            }
            case 9: {
              yield * Contacts.codec().stream(reader, reader.uint32(), `${prefix}.contacts`, {
                limits: opts.limits?.contacts
              })

              break
            }
            case 10: {
              yield * Introduction.codec().stream(reader, reader.uint32(), `${prefix}.present`, {
                limits: opts.limits?.present
              })

              break
            }
            case 11: {
              yield * Admission.codec().stream(reader, reader.uint32(), `${prefix}.admission`, {
                limits: opts.limits?.admission
              })

              break
            }
            case 12: {
              yield * Heads.codec().stream(reader, reader.uint32(), `${prefix}.heads`, {
                limits: opts.limits?.heads
              })

              break
            }
            case 13: {
              yield * Update.codec().stream(reader, reader.uint32(), `${prefix}.update`, {
                limits: opts.limits?.update
              })

              break
            }
            case 14: {
              yield * Fork.codec().stream(reader, reader.uint32(), `${prefix}.fork`, {
                limits: opts.limits?.fork
              })

              break
            }
            case 15: {
              yield * Key.codec().stream(reader, reader.uint32(), `${prefix}.key`, {
                limits: opts.limits?.key
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PodMessageHelloPodFieldEvent {
    field: '$.hello.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageHelloNonceFieldEvent {
    field: '$.hello.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageHelloKeysFieldEvent {
    field: '$.hello.keys[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageHelloEntranceInviteFieldEvent {
    field: '$.hello.entrance.invite'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageHelloEntranceProofFieldEvent {
    field: '$.hello.entrance.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageChallengeNonceFieldEvent {
    field: '$.challenge.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageChallengeKeyFieldEvent {
    field: '$.challenge.key'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageChallengeProofFieldEvent {
    field: '$.challenge.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageChallengeHeadsHeadsAuthorFieldEvent {
    field: '$.challenge.heads.heads[].author'
    value: string
    index: number
  }

  export interface PodMessageChallengeHeadsHeadsCountFieldEvent {
    field: '$.challenge.heads.heads[].count'
    value: number
    index: number
  }

  export interface PodMessageChallengeHeadsHeadsSoundFieldEvent {
    field: '$.challenge.heads.heads[].sound'
    value: number
    index: number
  }

  export interface PodMessageChallengeHeadsHeadsHashFieldEvent {
    field: '$.challenge.heads.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface PodMessageProofProofFieldEvent {
    field: '$.proof.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageProofHeadsHeadsAuthorFieldEvent {
    field: '$.proof.heads.heads[].author'
    value: string
    index: number
  }

  export interface PodMessageProofHeadsHeadsCountFieldEvent {
    field: '$.proof.heads.heads[].count'
    value: number
    index: number
  }

  export interface PodMessageProofHeadsHeadsSoundFieldEvent {
    field: '$.proof.heads.heads[].sound'
    value: number
    index: number
  }

  export interface PodMessageProofHeadsHeadsHashFieldEvent {
    field: '$.proof.heads.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface PodMessageWelcomeRecordDeviceKindFieldEvent {
    field: '$.welcome.record.deviceKind'
    value: string
  }

  export interface PodMessageWelcomeRecordDeviceNameFieldEvent {
    field: '$.welcome.record.deviceName'
    value: string
  }

  export interface PodMessageWelcomeRecordDeviceNoteFieldEvent {
    field: '$.welcome.record.deviceNote'
    value: string
  }

  export interface PodMessageWelcomeRecordMemoryBytesFieldEvent {
    field: '$.welcome.record.memoryBytes'
    value: number
  }

  export interface PodMessageWelcomeRecordAddressesFieldEvent {
    field: '$.welcome.record.addresses[]'
    index: number
    value: string
  }

  export interface PodMessageWelcomeRecordHoldsModelFieldEvent {
    field: '$.welcome.record.holds[].model'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordHoldsFirstFieldEvent {
    field: '$.welcome.record.holds[].first'
    value: number
    index: number
  }

  export interface PodMessageWelcomeRecordHoldsLastFieldEvent {
    field: '$.welcome.record.holds[].last'
    value: number
    index: number
  }

  export interface PodMessageWelcomeRecordLoadingModelFieldEvent {
    field: '$.welcome.record.loading.model'
    value: string
  }

  export interface PodMessageWelcomeRecordLoadingBytesFieldEvent {
    field: '$.welcome.record.loading.bytes'
    value: number
  }

  export interface PodMessageWelcomeRecordLoadingTotalBytesFieldEvent {
    field: '$.welcome.record.loading.totalBytes'
    value: number
  }

  export interface PodMessageWelcomeRecordModelsModelFieldEvent {
    field: '$.welcome.record.models[].model'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordModelsNameFieldEvent {
    field: '$.welcome.record.models[].name'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordModelsRankFieldEvent {
    field: '$.welcome.record.models[].rank'
    value: number
    index: number
  }

  export interface PodMessageWelcomeRecordProblemsModelFieldEvent {
    field: '$.welcome.record.problems[].model'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordProblemsKindFieldEvent {
    field: '$.welcome.record.problems[].kind'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordProblemsReasonFieldEvent {
    field: '$.welcome.record.problems[].reason'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordProblemsOutFieldEvent {
    field: '$.welcome.record.problems[].out'
    value: boolean
    index: number
  }

  export interface PodMessageWelcomeRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.welcome.record.speed.rowNanosPerMB'
    value: number
  }

  export interface PodMessageWelcomeRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.welcome.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface PodMessageWelcomeRecordHiddenFieldEvent {
    field: '$.welcome.record.hidden'
    value: boolean
  }

  export interface PodMessageWelcomeRecordRoundTripsPeerFieldEvent {
    field: '$.welcome.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface PodMessageWelcomeRecordRoundTripsMsFieldEvent {
    field: '$.welcome.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface PodMessageWelcomeContactsPeerFieldEvent {
    field: '$.welcome.contacts[].peer'
    value: string
    index: number
  }

  export interface PodMessageWelcomeContactsAddressesFieldEvent {
    field: '$.welcome.contacts[].addresses[]'
    index: number
    value: string
  }

  export interface PodMessageRefusalKindFieldEvent {
    field: '$.refusal.kind'
    value: string
  }

  export interface PodMessageRefusalReasonFieldEvent {
    field: '$.refusal.reason'
    value: string
  }

  export interface PodMessageAnnounceDeviceKindFieldEvent {
    field: '$.announce.deviceKind'
    value: string
  }

  export interface PodMessageAnnounceDeviceNameFieldEvent {
    field: '$.announce.deviceName'
    value: string
  }

  export interface PodMessageAnnounceDeviceNoteFieldEvent {
    field: '$.announce.deviceNote'
    value: string
  }

  export interface PodMessageAnnounceMemoryBytesFieldEvent {
    field: '$.announce.memoryBytes'
    value: number
  }

  export interface PodMessageAnnounceAddressesFieldEvent {
    field: '$.announce.addresses[]'
    index: number
    value: string
  }

  export interface PodMessageAnnounceHoldsModelFieldEvent {
    field: '$.announce.holds[].model'
    value: string
    index: number
  }

  export interface PodMessageAnnounceHoldsFirstFieldEvent {
    field: '$.announce.holds[].first'
    value: number
    index: number
  }

  export interface PodMessageAnnounceHoldsLastFieldEvent {
    field: '$.announce.holds[].last'
    value: number
    index: number
  }

  export interface PodMessageAnnounceLoadingModelFieldEvent {
    field: '$.announce.loading.model'
    value: string
  }

  export interface PodMessageAnnounceLoadingBytesFieldEvent {
    field: '$.announce.loading.bytes'
    value: number
  }

  export interface PodMessageAnnounceLoadingTotalBytesFieldEvent {
    field: '$.announce.loading.totalBytes'
    value: number
  }

  export interface PodMessageAnnounceModelsModelFieldEvent {
    field: '$.announce.models[].model'
    value: string
    index: number
  }

  export interface PodMessageAnnounceModelsNameFieldEvent {
    field: '$.announce.models[].name'
    value: string
    index: number
  }

  export interface PodMessageAnnounceModelsRankFieldEvent {
    field: '$.announce.models[].rank'
    value: number
    index: number
  }

  export interface PodMessageAnnounceProblemsModelFieldEvent {
    field: '$.announce.problems[].model'
    value: string
    index: number
  }

  export interface PodMessageAnnounceProblemsKindFieldEvent {
    field: '$.announce.problems[].kind'
    value: string
    index: number
  }

  export interface PodMessageAnnounceProblemsReasonFieldEvent {
    field: '$.announce.problems[].reason'
    value: string
    index: number
  }

  export interface PodMessageAnnounceProblemsOutFieldEvent {
    field: '$.announce.problems[].out'
    value: boolean
    index: number
  }

  export interface PodMessageAnnounceSpeedRowNanosPerMBFieldEvent {
    field: '$.announce.speed.rowNanosPerMB'
    value: number
  }

  export interface PodMessageAnnounceSpeedChunkNanosPerMBFieldEvent {
    field: '$.announce.speed.chunkNanosPerMB'
    value: number
  }

  export interface PodMessageAnnounceHiddenFieldEvent {
    field: '$.announce.hidden'
    value: boolean
  }

  export interface PodMessageAnnounceRoundTripsPeerFieldEvent {
    field: '$.announce.roundTrips[].peer'
    value: string
    index: number
  }

  export interface PodMessageAnnounceRoundTripsMsFieldEvent {
    field: '$.announce.roundTrips[].ms'
    value: number
    index: number
  }

  export interface PodMessageContactsContactsPeerFieldEvent {
    field: '$.contacts.contacts[].peer'
    value: string
    index: number
  }

  export interface PodMessageContactsContactsAddressesFieldEvent {
    field: '$.contacts.contacts[].addresses[]'
    index: number
    value: string
  }

  export interface PodMessagePresentRecordDeviceKindFieldEvent {
    field: '$.present.record.deviceKind'
    value: string
  }

  export interface PodMessagePresentRecordDeviceNameFieldEvent {
    field: '$.present.record.deviceName'
    value: string
  }

  export interface PodMessagePresentRecordDeviceNoteFieldEvent {
    field: '$.present.record.deviceNote'
    value: string
  }

  export interface PodMessagePresentRecordMemoryBytesFieldEvent {
    field: '$.present.record.memoryBytes'
    value: number
  }

  export interface PodMessagePresentRecordAddressesFieldEvent {
    field: '$.present.record.addresses[]'
    index: number
    value: string
  }

  export interface PodMessagePresentRecordHoldsModelFieldEvent {
    field: '$.present.record.holds[].model'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordHoldsFirstFieldEvent {
    field: '$.present.record.holds[].first'
    value: number
    index: number
  }

  export interface PodMessagePresentRecordHoldsLastFieldEvent {
    field: '$.present.record.holds[].last'
    value: number
    index: number
  }

  export interface PodMessagePresentRecordLoadingModelFieldEvent {
    field: '$.present.record.loading.model'
    value: string
  }

  export interface PodMessagePresentRecordLoadingBytesFieldEvent {
    field: '$.present.record.loading.bytes'
    value: number
  }

  export interface PodMessagePresentRecordLoadingTotalBytesFieldEvent {
    field: '$.present.record.loading.totalBytes'
    value: number
  }

  export interface PodMessagePresentRecordModelsModelFieldEvent {
    field: '$.present.record.models[].model'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordModelsNameFieldEvent {
    field: '$.present.record.models[].name'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordModelsRankFieldEvent {
    field: '$.present.record.models[].rank'
    value: number
    index: number
  }

  export interface PodMessagePresentRecordProblemsModelFieldEvent {
    field: '$.present.record.problems[].model'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordProblemsKindFieldEvent {
    field: '$.present.record.problems[].kind'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordProblemsReasonFieldEvent {
    field: '$.present.record.problems[].reason'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordProblemsOutFieldEvent {
    field: '$.present.record.problems[].out'
    value: boolean
    index: number
  }

  export interface PodMessagePresentRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.present.record.speed.rowNanosPerMB'
    value: number
  }

  export interface PodMessagePresentRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.present.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface PodMessagePresentRecordHiddenFieldEvent {
    field: '$.present.record.hidden'
    value: boolean
  }

  export interface PodMessagePresentRecordRoundTripsPeerFieldEvent {
    field: '$.present.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface PodMessagePresentRecordRoundTripsMsFieldEvent {
    field: '$.present.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface PodMessagePresentContactsPeerFieldEvent {
    field: '$.present.contacts[].peer'
    value: string
    index: number
  }

  export interface PodMessagePresentContactsAddressesFieldEvent {
    field: '$.present.contacts[].addresses[]'
    index: number
    value: string
  }

  export interface PodMessageAdmissionKeysFieldEvent {
    field: '$.admission.keys[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageHeadsHeadsAuthorFieldEvent {
    field: '$.heads.heads[].author'
    value: string
    index: number
  }

  export interface PodMessageHeadsHeadsCountFieldEvent {
    field: '$.heads.heads[].count'
    value: number
    index: number
  }

  export interface PodMessageHeadsHeadsSoundFieldEvent {
    field: '$.heads.heads[].sound'
    value: number
    index: number
  }

  export interface PodMessageHeadsHeadsHashFieldEvent {
    field: '$.heads.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface PodMessageUpdatePartFieldEvent {
    field: '$.update.part'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageUpdateLastFieldEvent {
    field: '$.update.last'
    value: boolean
  }

  export interface PodMessageForkStatementFieldEvent {
    field: '$.fork.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageKeySecretFieldEvent {
    field: '$.key.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PodMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PodMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PodMessage>): PodMessage {
    return decodeMessage(buf, PodMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PodMessage>): Generator<PodMessageHelloPodFieldEvent | PodMessageHelloNonceFieldEvent | PodMessageHelloKeysFieldEvent | PodMessageHelloEntranceInviteFieldEvent | PodMessageHelloEntranceProofFieldEvent | PodMessageChallengeNonceFieldEvent | PodMessageChallengeKeyFieldEvent | PodMessageChallengeProofFieldEvent | PodMessageChallengeHeadsHeadsAuthorFieldEvent | PodMessageChallengeHeadsHeadsCountFieldEvent | PodMessageChallengeHeadsHeadsSoundFieldEvent | PodMessageChallengeHeadsHeadsHashFieldEvent | PodMessageProofProofFieldEvent | PodMessageProofHeadsHeadsAuthorFieldEvent | PodMessageProofHeadsHeadsCountFieldEvent | PodMessageProofHeadsHeadsSoundFieldEvent | PodMessageProofHeadsHeadsHashFieldEvent | PodMessageWelcomeRecordDeviceKindFieldEvent | PodMessageWelcomeRecordDeviceNameFieldEvent | PodMessageWelcomeRecordDeviceNoteFieldEvent | PodMessageWelcomeRecordMemoryBytesFieldEvent | PodMessageWelcomeRecordAddressesFieldEvent | PodMessageWelcomeRecordHoldsModelFieldEvent | PodMessageWelcomeRecordHoldsFirstFieldEvent | PodMessageWelcomeRecordHoldsLastFieldEvent | PodMessageWelcomeRecordLoadingModelFieldEvent | PodMessageWelcomeRecordLoadingBytesFieldEvent | PodMessageWelcomeRecordLoadingTotalBytesFieldEvent | PodMessageWelcomeRecordModelsModelFieldEvent | PodMessageWelcomeRecordModelsNameFieldEvent | PodMessageWelcomeRecordModelsRankFieldEvent | PodMessageWelcomeRecordProblemsModelFieldEvent | PodMessageWelcomeRecordProblemsKindFieldEvent | PodMessageWelcomeRecordProblemsReasonFieldEvent | PodMessageWelcomeRecordProblemsOutFieldEvent | PodMessageWelcomeRecordSpeedRowNanosPerMBFieldEvent | PodMessageWelcomeRecordSpeedChunkNanosPerMBFieldEvent | PodMessageWelcomeRecordHiddenFieldEvent | PodMessageWelcomeRecordRoundTripsPeerFieldEvent | PodMessageWelcomeRecordRoundTripsMsFieldEvent | PodMessageWelcomeContactsPeerFieldEvent | PodMessageWelcomeContactsAddressesFieldEvent | PodMessageRefusalKindFieldEvent | PodMessageRefusalReasonFieldEvent | PodMessageAnnounceDeviceKindFieldEvent | PodMessageAnnounceDeviceNameFieldEvent | PodMessageAnnounceDeviceNoteFieldEvent | PodMessageAnnounceMemoryBytesFieldEvent | PodMessageAnnounceAddressesFieldEvent | PodMessageAnnounceHoldsModelFieldEvent | PodMessageAnnounceHoldsFirstFieldEvent | PodMessageAnnounceHoldsLastFieldEvent | PodMessageAnnounceLoadingModelFieldEvent | PodMessageAnnounceLoadingBytesFieldEvent | PodMessageAnnounceLoadingTotalBytesFieldEvent | PodMessageAnnounceModelsModelFieldEvent | PodMessageAnnounceModelsNameFieldEvent | PodMessageAnnounceModelsRankFieldEvent | PodMessageAnnounceProblemsModelFieldEvent | PodMessageAnnounceProblemsKindFieldEvent | PodMessageAnnounceProblemsReasonFieldEvent | PodMessageAnnounceProblemsOutFieldEvent | PodMessageAnnounceSpeedRowNanosPerMBFieldEvent | PodMessageAnnounceSpeedChunkNanosPerMBFieldEvent | PodMessageAnnounceHiddenFieldEvent | PodMessageAnnounceRoundTripsPeerFieldEvent | PodMessageAnnounceRoundTripsMsFieldEvent | PodMessageContactsContactsPeerFieldEvent | PodMessageContactsContactsAddressesFieldEvent | PodMessagePresentRecordDeviceKindFieldEvent | PodMessagePresentRecordDeviceNameFieldEvent | PodMessagePresentRecordDeviceNoteFieldEvent | PodMessagePresentRecordMemoryBytesFieldEvent | PodMessagePresentRecordAddressesFieldEvent | PodMessagePresentRecordHoldsModelFieldEvent | PodMessagePresentRecordHoldsFirstFieldEvent | PodMessagePresentRecordHoldsLastFieldEvent | PodMessagePresentRecordLoadingModelFieldEvent | PodMessagePresentRecordLoadingBytesFieldEvent | PodMessagePresentRecordLoadingTotalBytesFieldEvent | PodMessagePresentRecordModelsModelFieldEvent | PodMessagePresentRecordModelsNameFieldEvent | PodMessagePresentRecordModelsRankFieldEvent | PodMessagePresentRecordProblemsModelFieldEvent | PodMessagePresentRecordProblemsKindFieldEvent | PodMessagePresentRecordProblemsReasonFieldEvent | PodMessagePresentRecordProblemsOutFieldEvent | PodMessagePresentRecordSpeedRowNanosPerMBFieldEvent | PodMessagePresentRecordSpeedChunkNanosPerMBFieldEvent | PodMessagePresentRecordHiddenFieldEvent | PodMessagePresentRecordRoundTripsPeerFieldEvent | PodMessagePresentRecordRoundTripsMsFieldEvent | PodMessagePresentContactsPeerFieldEvent | PodMessagePresentContactsAddressesFieldEvent | PodMessageAdmissionKeysFieldEvent | PodMessageHeadsHeadsAuthorFieldEvent | PodMessageHeadsHeadsCountFieldEvent | PodMessageHeadsHeadsSoundFieldEvent | PodMessageHeadsHeadsHashFieldEvent | PodMessageUpdatePartFieldEvent | PodMessageUpdateLastFieldEvent | PodMessageForkStatementFieldEvent | PodMessageKeySecretFieldEvent> {
    return streamMessage(buf, PodMessage.codec(), opts)
  }
}

export interface Hello {
  pod: Uint8Array<ArrayBuffer>
  nonce: Uint8Array<ArrayBuffer>
  keys: Uint8Array<ArrayBuffer>[]
  entrance?: Entrance
}

export namespace Hello {
  let _codec: Codec<Hello>

  export const codec = (): Codec<Hello> => {
    if (_codec == null) {
      _codec = message<Hello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.pod != null && obj.pod.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.pod)
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.nonce)
        }

        if (obj.keys != null && obj.keys.length > 0) {
          for (const value of obj.keys) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (obj.entrance != null) {
          w.uint32(34)
          Entrance.codec().encode(obj.entrance, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          pod: uint8ArrayAlloc(0),
          nonce: uint8ArrayAlloc(0),
          keys: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.pod = reader.bytes()
              break
            }
            case 2: {
              obj.nonce = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements')
              }

              obj.keys.push(reader.bytes())
              break
            }
            case 4: {
              obj.entrance = Entrance.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entrance
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          keys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.pod`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nonce`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.keys != null && obj.keys === opts.limits.keys) {
                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements')
              }

              yield {
                field: `${prefix}.keys[]`,
                index: obj.keys,
                value: reader.bytes()
              }

              obj.keys++

              break
            }
            case 4: {
              yield * Entrance.codec().stream(reader, reader.uint32(), `${prefix}.entrance`, {
                limits: opts.limits?.entrance
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HelloPodFieldEvent {
    field: '$.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloKeysFieldEvent {
    field: '$.keys[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloEntranceInviteFieldEvent {
    field: '$.entrance.invite'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloEntranceProofFieldEvent {
    field: '$.entrance.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Hello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloPodFieldEvent | HelloNonceFieldEvent | HelloKeysFieldEvent | HelloEntranceInviteFieldEvent | HelloEntranceProofFieldEvent> {
    return streamMessage(buf, Hello.codec(), opts)
  }
}

export interface Entrance {
  invite: Uint8Array<ArrayBuffer>
  proof: Uint8Array<ArrayBuffer>
}

export namespace Entrance {
  let _codec: Codec<Entrance>

  export const codec = (): Codec<Entrance> => {
    if (_codec == null) {
      _codec = message<Entrance>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.invite != null && obj.invite.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.invite)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proof)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          invite: uint8ArrayAlloc(0),
          proof: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.invite = reader.bytes()
              break
            }
            case 2: {
              obj.proof = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.invite`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface EntranceInviteFieldEvent {
    field: '$.invite'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EntranceProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Entrance>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Entrance.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Entrance>): Entrance {
    return decodeMessage(buf, Entrance.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Entrance>): Generator<EntranceInviteFieldEvent | EntranceProofFieldEvent> {
    return streamMessage(buf, Entrance.codec(), opts)
  }
}

export interface Admission {
  keys: Uint8Array<ArrayBuffer>[]
}

export namespace Admission {
  let _codec: Codec<Admission>

  export const codec = (): Codec<Admission> => {
    if (_codec == null) {
      _codec = message<Admission>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.keys != null && obj.keys.length > 0) {
          for (const value of obj.keys) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          keys: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements')
              }

              obj.keys.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          keys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.keys != null && obj.keys === opts.limits.keys) {
                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements')
              }

              yield {
                field: `${prefix}.keys[]`,
                index: obj.keys,
                value: reader.bytes()
              }

              obj.keys++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface AdmissionKeysFieldEvent {
    field: '$.keys[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Admission>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Admission.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Admission>): Admission {
    return decodeMessage(buf, Admission.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Admission>): Generator<AdmissionKeysFieldEvent> {
    return streamMessage(buf, Admission.codec(), opts)
  }
}

export interface Challenge {
  nonce: Uint8Array<ArrayBuffer>
  key: Uint8Array<ArrayBuffer>
  proof: Uint8Array<ArrayBuffer>
  heads?: Heads
}

export namespace Challenge {
  let _codec: Codec<Challenge>

  export const codec = (): Codec<Challenge> => {
    if (_codec == null) {
      _codec = message<Challenge>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.nonce)
        }

        if ((obj.key != null && obj.key.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.key)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.proof)
        }

        if (obj.heads != null) {
          w.uint32(34)
          Heads.codec().encode(obj.heads, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nonce: uint8ArrayAlloc(0),
          key: uint8ArrayAlloc(0),
          proof: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.nonce = reader.bytes()
              break
            }
            case 2: {
              obj.key = reader.bytes()
              break
            }
            case 3: {
              obj.proof = reader.bytes()
              break
            }
            case 4: {
              obj.heads = Heads.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.heads
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.nonce`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.key`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield * Heads.codec().stream(reader, reader.uint32(), `${prefix}.heads`, {
                limits: opts.limits?.heads
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ChallengeNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChallengeKeyFieldEvent {
    field: '$.key'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChallengeProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChallengeHeadsHeadsAuthorFieldEvent {
    field: '$.heads.heads[].author'
    value: string
    index: number
  }

  export interface ChallengeHeadsHeadsCountFieldEvent {
    field: '$.heads.heads[].count'
    value: number
    index: number
  }

  export interface ChallengeHeadsHeadsSoundFieldEvent {
    field: '$.heads.heads[].sound'
    value: number
    index: number
  }

  export interface ChallengeHeadsHeadsHashFieldEvent {
    field: '$.heads.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<Challenge>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Challenge.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Challenge {
    return decodeMessage(buf, Challenge.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Generator<ChallengeNonceFieldEvent | ChallengeKeyFieldEvent | ChallengeProofFieldEvent | ChallengeHeadsHeadsAuthorFieldEvent | ChallengeHeadsHeadsCountFieldEvent | ChallengeHeadsHeadsSoundFieldEvent | ChallengeHeadsHeadsHashFieldEvent> {
    return streamMessage(buf, Challenge.codec(), opts)
  }
}

export interface Proof {
  proof: Uint8Array<ArrayBuffer>
  heads?: Heads
}

export namespace Proof {
  let _codec: Codec<Proof>

  export const codec = (): Codec<Proof> => {
    if (_codec == null) {
      _codec = message<Proof>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.proof)
        }

        if (obj.heads != null) {
          w.uint32(18)
          Heads.codec().encode(obj.heads, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          proof: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.proof = reader.bytes()
              break
            }
            case 2: {
              obj.heads = Heads.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.heads
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * Heads.codec().stream(reader, reader.uint32(), `${prefix}.heads`, {
                limits: opts.limits?.heads
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ProofProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProofHeadsHeadsAuthorFieldEvent {
    field: '$.heads.heads[].author'
    value: string
    index: number
  }

  export interface ProofHeadsHeadsCountFieldEvent {
    field: '$.heads.heads[].count'
    value: number
    index: number
  }

  export interface ProofHeadsHeadsSoundFieldEvent {
    field: '$.heads.heads[].sound'
    value: number
    index: number
  }

  export interface ProofHeadsHeadsHashFieldEvent {
    field: '$.heads.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<Proof>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Proof.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Proof {
    return decodeMessage(buf, Proof.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Generator<ProofProofFieldEvent | ProofHeadsHeadsAuthorFieldEvent | ProofHeadsHeadsCountFieldEvent | ProofHeadsHeadsSoundFieldEvent | ProofHeadsHeadsHashFieldEvent> {
    return streamMessage(buf, Proof.codec(), opts)
  }
}

export interface Introduction {
  record?: Record
  contacts: Contact[]
}

export namespace Introduction {
  let _codec: Codec<Introduction>

  export const codec = (): Codec<Introduction> => {
    if (_codec == null) {
      _codec = message<Introduction>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.record != null) {
          w.uint32(10)
          Record.codec().encode(obj.record, w)
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(18)
            Contact.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          contacts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.record = Record.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.record
              })
              break
            }
            case 2: {
              if (opts.limits?.contacts != null && obj.contacts.length === opts.limits.contacts) {
                throw new MaxLengthError('Decode error - repeated field "contacts" had too many elements')
              }

              obj.contacts.push(Contact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          contacts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Record.codec().stream(reader, reader.uint32(), `${prefix}.record`, {
                limits: opts.limits?.record
              })

              break
            }
            case 2: {
              if (opts.limits?.contacts != null && obj.contacts === opts.limits.contacts) {
                throw new MaxLengthError('Streaming decode error - repeated field "contacts" had too many elements')
              }

              for (const evt of Contact.codec().stream(reader, reader.uint32(), `${prefix}.contacts[]`, {
                limits: opts.limits?.contacts$
              })) {
                yield {
                  ...evt,
                  index: obj.contacts
                }
              }

              obj.contacts++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface IntroductionRecordDeviceKindFieldEvent {
    field: '$.record.deviceKind'
    value: string
  }

  export interface IntroductionRecordDeviceNameFieldEvent {
    field: '$.record.deviceName'
    value: string
  }

  export interface IntroductionRecordDeviceNoteFieldEvent {
    field: '$.record.deviceNote'
    value: string
  }

  export interface IntroductionRecordMemoryBytesFieldEvent {
    field: '$.record.memoryBytes'
    value: number
  }

  export interface IntroductionRecordAddressesFieldEvent {
    field: '$.record.addresses[]'
    index: number
    value: string
  }

  export interface IntroductionRecordHoldsModelFieldEvent {
    field: '$.record.holds[].model'
    value: string
    index: number
  }

  export interface IntroductionRecordHoldsFirstFieldEvent {
    field: '$.record.holds[].first'
    value: number
    index: number
  }

  export interface IntroductionRecordHoldsLastFieldEvent {
    field: '$.record.holds[].last'
    value: number
    index: number
  }

  export interface IntroductionRecordLoadingModelFieldEvent {
    field: '$.record.loading.model'
    value: string
  }

  export interface IntroductionRecordLoadingBytesFieldEvent {
    field: '$.record.loading.bytes'
    value: number
  }

  export interface IntroductionRecordLoadingTotalBytesFieldEvent {
    field: '$.record.loading.totalBytes'
    value: number
  }

  export interface IntroductionRecordModelsModelFieldEvent {
    field: '$.record.models[].model'
    value: string
    index: number
  }

  export interface IntroductionRecordModelsNameFieldEvent {
    field: '$.record.models[].name'
    value: string
    index: number
  }

  export interface IntroductionRecordModelsRankFieldEvent {
    field: '$.record.models[].rank'
    value: number
    index: number
  }

  export interface IntroductionRecordProblemsModelFieldEvent {
    field: '$.record.problems[].model'
    value: string
    index: number
  }

  export interface IntroductionRecordProblemsKindFieldEvent {
    field: '$.record.problems[].kind'
    value: string
    index: number
  }

  export interface IntroductionRecordProblemsReasonFieldEvent {
    field: '$.record.problems[].reason'
    value: string
    index: number
  }

  export interface IntroductionRecordProblemsOutFieldEvent {
    field: '$.record.problems[].out'
    value: boolean
    index: number
  }

  export interface IntroductionRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.record.speed.rowNanosPerMB'
    value: number
  }

  export interface IntroductionRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface IntroductionRecordHiddenFieldEvent {
    field: '$.record.hidden'
    value: boolean
  }

  export interface IntroductionRecordRoundTripsPeerFieldEvent {
    field: '$.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface IntroductionRecordRoundTripsMsFieldEvent {
    field: '$.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface IntroductionContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface IntroductionContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Introduction>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Introduction.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Introduction>): Introduction {
    return decodeMessage(buf, Introduction.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Introduction>): Generator<IntroductionRecordDeviceKindFieldEvent | IntroductionRecordDeviceNameFieldEvent | IntroductionRecordDeviceNoteFieldEvent | IntroductionRecordMemoryBytesFieldEvent | IntroductionRecordAddressesFieldEvent | IntroductionRecordHoldsModelFieldEvent | IntroductionRecordHoldsFirstFieldEvent | IntroductionRecordHoldsLastFieldEvent | IntroductionRecordLoadingModelFieldEvent | IntroductionRecordLoadingBytesFieldEvent | IntroductionRecordLoadingTotalBytesFieldEvent | IntroductionRecordModelsModelFieldEvent | IntroductionRecordModelsNameFieldEvent | IntroductionRecordModelsRankFieldEvent | IntroductionRecordProblemsModelFieldEvent | IntroductionRecordProblemsKindFieldEvent | IntroductionRecordProblemsReasonFieldEvent | IntroductionRecordProblemsOutFieldEvent | IntroductionRecordSpeedRowNanosPerMBFieldEvent | IntroductionRecordSpeedChunkNanosPerMBFieldEvent | IntroductionRecordHiddenFieldEvent | IntroductionRecordRoundTripsPeerFieldEvent | IntroductionRecordRoundTripsMsFieldEvent | IntroductionContactsPeerFieldEvent | IntroductionContactsAddressesFieldEvent> {
    return streamMessage(buf, Introduction.codec(), opts)
  }
}

export interface Heads {
  heads: Head[]
}

export namespace Heads {
  let _codec: Codec<Heads>

  export const codec = (): Codec<Heads> => {
    if (_codec == null) {
      _codec = message<Heads>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.heads != null && obj.heads.length > 0) {
          for (const value of obj.heads) {
            w.uint32(10)
            Head.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          heads: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.heads != null && obj.heads.length === opts.limits.heads) {
                throw new MaxLengthError('Decode error - repeated field "heads" had too many elements')
              }

              obj.heads.push(Head.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.heads$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          heads: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.heads != null && obj.heads === opts.limits.heads) {
                throw new MaxLengthError('Streaming decode error - repeated field "heads" had too many elements')
              }

              for (const evt of Head.codec().stream(reader, reader.uint32(), `${prefix}.heads[]`, {
                limits: opts.limits?.heads$
              })) {
                yield {
                  ...evt,
                  index: obj.heads
                }
              }

              obj.heads++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeadsHeadsAuthorFieldEvent {
    field: '$.heads[].author'
    value: string
    index: number
  }

  export interface HeadsHeadsCountFieldEvent {
    field: '$.heads[].count'
    value: number
    index: number
  }

  export interface HeadsHeadsSoundFieldEvent {
    field: '$.heads[].sound'
    value: number
    index: number
  }

  export interface HeadsHeadsHashFieldEvent {
    field: '$.heads[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<Heads>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Heads.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heads>): Heads {
    return decodeMessage(buf, Heads.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heads>): Generator<HeadsHeadsAuthorFieldEvent | HeadsHeadsCountFieldEvent | HeadsHeadsSoundFieldEvent | HeadsHeadsHashFieldEvent> {
    return streamMessage(buf, Heads.codec(), opts)
  }
}

export interface Head {
  author: string
  count: number
  sound: number
  hash: Uint8Array<ArrayBuffer>
}

export namespace Head {
  let _codec: Codec<Head>

  export const codec = (): Codec<Head> => {
    if (_codec == null) {
      _codec = message<Head>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.author != null && obj.author !== '')) {
          w.uint32(10)
          w.string(obj.author)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint32(obj.count)
        }

        if ((obj.sound != null && obj.sound !== 0)) {
          w.uint32(24)
          w.uint32(obj.sound)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.hash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          author: '',
          count: 0,
          sound: 0,
          hash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.author = reader.string()
              break
            }
            case 2: {
              obj.count = reader.uint32()
              break
            }
            case 3: {
              obj.sound = reader.uint32()
              break
            }
            case 4: {
              obj.hash = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.author`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sound`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeadAuthorFieldEvent {
    field: '$.author'
    value: string
  }

  export interface HeadCountFieldEvent {
    field: '$.count'
    value: number
  }

  export interface HeadSoundFieldEvent {
    field: '$.sound'
    value: number
  }

  export interface HeadHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Head>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Head.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Head>): Head {
    return decodeMessage(buf, Head.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Head>): Generator<HeadAuthorFieldEvent | HeadCountFieldEvent | HeadSoundFieldEvent | HeadHashFieldEvent> {
    return streamMessage(buf, Head.codec(), opts)
  }
}

export interface Update {
  part: Uint8Array<ArrayBuffer>
  last: boolean
}

export namespace Update {
  let _codec: Codec<Update>

  export const codec = (): Codec<Update> => {
    if (_codec == null) {
      _codec = message<Update>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.part != null && obj.part.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.part)
        }

        if ((obj.last != null && obj.last !== false)) {
          w.uint32(16)
          w.bool(obj.last)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          part: uint8ArrayAlloc(0),
          last: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.part = reader.bytes()
              break
            }
            case 2: {
              obj.last = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.part`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.last`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface UpdatePartFieldEvent {
    field: '$.part'
    value: Uint8Array<ArrayBuffer>
  }

  export interface UpdateLastFieldEvent {
    field: '$.last'
    value: boolean
  }

  export function encode (obj: Partial<Update>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Update.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Update>): Update {
    return decodeMessage(buf, Update.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Update>): Generator<UpdatePartFieldEvent | UpdateLastFieldEvent> {
    return streamMessage(buf, Update.codec(), opts)
  }
}

export interface Fork {
  statement: Uint8Array<ArrayBuffer>
}

export namespace Fork {
  let _codec: Codec<Fork>

  export const codec = (): Codec<Fork> => {
    if (_codec == null) {
      _codec = message<Fork>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.statement != null && obj.statement.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.statement)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          statement: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.statement = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.statement`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ForkStatementFieldEvent {
    field: '$.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Fork>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Fork.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fork>): Fork {
    return decodeMessage(buf, Fork.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fork>): Generator<ForkStatementFieldEvent> {
    return streamMessage(buf, Fork.codec(), opts)
  }
}

export interface Key {
  secret: Uint8Array<ArrayBuffer>
}

export namespace Key {
  let _codec: Codec<Key>

  export const codec = (): Codec<Key> => {
    if (_codec == null) {
      _codec = message<Key>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.secret)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          secret: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.secret = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface KeySecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Key>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Key.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Key>): Key {
    return decodeMessage(buf, Key.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Key>): Generator<KeySecretFieldEvent> {
    return streamMessage(buf, Key.codec(), opts)
  }
}

export interface Refusal {
  kind: string
  reason: string
}

export namespace Refusal {
  let _codec: Codec<Refusal>

  export const codec = (): Codec<Refusal> => {
    if (_codec == null) {
      _codec = message<Refusal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kind != null && obj.kind !== '')) {
          w.uint32(10)
          w.string(obj.kind)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: '',
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = reader.string()
              break
            }
            case 2: {
              obj.reason = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.kind`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RefusalKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface RefusalReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<Refusal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Refusal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refusal>): Refusal {
    return decodeMessage(buf, Refusal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refusal>): Generator<RefusalKindFieldEvent | RefusalReasonFieldEvent> {
    return streamMessage(buf, Refusal.codec(), opts)
  }
}

export interface Heartbeat {}

export namespace Heartbeat {
  let _codec: Codec<Heartbeat>

  export const codec = (): Codec<Heartbeat> => {
    if (_codec == null) {
      _codec = message<Heartbeat>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Heartbeat>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Heartbeat.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heartbeat>): Heartbeat {
    return decodeMessage(buf, Heartbeat.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heartbeat>): Generator<{}> {
    return streamMessage(buf, Heartbeat.codec(), opts)
  }
}

export interface Goodbye {}

export namespace Goodbye {
  let _codec: Codec<Goodbye>

  export const codec = (): Codec<Goodbye> => {
    if (_codec == null) {
      _codec = message<Goodbye>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Goodbye>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Goodbye.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Goodbye>): Goodbye {
    return decodeMessage(buf, Goodbye.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Goodbye>): Generator<{}> {
    return streamMessage(buf, Goodbye.codec(), opts)
  }
}

export interface Contacts {
  contacts: Contact[]
}

export namespace Contacts {
  let _codec: Codec<Contacts>

  export const codec = (): Codec<Contacts> => {
    if (_codec == null) {
      _codec = message<Contacts>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(10)
            Contact.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          contacts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.contacts != null && obj.contacts.length === opts.limits.contacts) {
                throw new MaxLengthError('Decode error - repeated field "contacts" had too many elements')
              }

              obj.contacts.push(Contact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          contacts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.contacts != null && obj.contacts === opts.limits.contacts) {
                throw new MaxLengthError('Streaming decode error - repeated field "contacts" had too many elements')
              }

              for (const evt of Contact.codec().stream(reader, reader.uint32(), `${prefix}.contacts[]`, {
                limits: opts.limits?.contacts$
              })) {
                yield {
                  ...evt,
                  index: obj.contacts
                }
              }

              obj.contacts++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ContactsContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface ContactsContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Contacts>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Contacts.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Contacts>): Contacts {
    return decodeMessage(buf, Contacts.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Contacts>): Generator<ContactsContactsPeerFieldEvent | ContactsContactsAddressesFieldEvent> {
    return streamMessage(buf, Contacts.codec(), opts)
  }
}

export interface Contact {
  peer: string
  addresses: string[]
}

export namespace Contact {
  let _codec: Codec<Contact>

  export const codec = (): Codec<Contact> => {
    if (_codec == null) {
      _codec = message<Contact>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer !== '')) {
          w.uint32(10)
          w.string(obj.peer)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: '',
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.peer`,
                value: reader.string()
              }
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ContactPeerFieldEvent {
    field: '$.peer'
    value: string
  }

  export interface ContactAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Contact>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Contact.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Contact>): Contact {
    return decodeMessage(buf, Contact.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Contact>): Generator<ContactPeerFieldEvent | ContactAddressesFieldEvent> {
    return streamMessage(buf, Contact.codec(), opts)
  }
}

export interface Record {
  deviceKind: string
  deviceName: string
  deviceNote: string
  memoryBytes: number
  addresses: string[]
  holds: Held[]
  loading?: Loading
  models: Served[]
  problems: Problem[]
  speed?: Speed
  hidden: boolean
  roundTrips: RoundTrip[]
}

export namespace Record {
  let _codec: Codec<Record>

  export const codec = (): Codec<Record> => {
    if (_codec == null) {
      _codec = message<Record>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKind != null && obj.deviceKind !== '')) {
          w.uint32(10)
          w.string(obj.deviceKind)
        }

        if ((obj.deviceName != null && obj.deviceName !== '')) {
          w.uint32(18)
          w.string(obj.deviceName)
        }

        if ((obj.deviceNote != null && obj.deviceNote !== '')) {
          w.uint32(26)
          w.string(obj.deviceNote)
        }

        if ((obj.memoryBytes != null && obj.memoryBytes !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.memoryBytes)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(42)
            w.string(value)
          }
        }

        if (obj.holds != null && obj.holds.length > 0) {
          for (const value of obj.holds) {
            w.uint32(50)
            Held.codec().encode(value, w)
          }
        }

        if (obj.loading != null) {
          w.uint32(58)
          Loading.codec().encode(obj.loading, w)
        }

        if (obj.models != null && obj.models.length > 0) {
          for (const value of obj.models) {
            w.uint32(66)
            Served.codec().encode(value, w)
          }
        }

        if (obj.problems != null && obj.problems.length > 0) {
          for (const value of obj.problems) {
            w.uint32(74)
            Problem.codec().encode(value, w)
          }
        }

        if (obj.speed != null) {
          w.uint32(82)
          Speed.codec().encode(obj.speed, w)
        }

        if ((obj.hidden != null && obj.hidden !== false)) {
          w.uint32(88)
          w.bool(obj.hidden)
        }

        if (obj.roundTrips != null && obj.roundTrips.length > 0) {
          for (const value of obj.roundTrips) {
            w.uint32(98)
            RoundTrip.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKind: '',
          deviceName: '',
          deviceNote: '',
          memoryBytes: 0,
          addresses: [],
          holds: [],
          models: [],
          problems: [],
          hidden: false,
          roundTrips: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKind = reader.string()
              break
            }
            case 2: {
              obj.deviceName = reader.string()
              break
            }
            case 3: {
              obj.deviceNote = reader.string()
              break
            }
            case 4: {
              obj.memoryBytes = reader.uint64Number()
              break
            }
            case 5: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            case 6: {
              if (opts.limits?.holds != null && obj.holds.length === opts.limits.holds) {
                throw new MaxLengthError('Decode error - repeated field "holds" had too many elements')
              }

              obj.holds.push(Held.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.holds$
              }))
              break
            }
            case 7: {
              obj.loading = Loading.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.loading
              })
              break
            }
            case 8: {
              if (opts.limits?.models != null && obj.models.length === opts.limits.models) {
                throw new MaxLengthError('Decode error - repeated field "models" had too many elements')
              }

              obj.models.push(Served.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.models$
              }))
              break
            }
            case 9: {
              if (opts.limits?.problems != null && obj.problems.length === opts.limits.problems) {
                throw new MaxLengthError('Decode error - repeated field "problems" had too many elements')
              }

              obj.problems.push(Problem.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.problems$
              }))
              break
            }
            case 10: {
              obj.speed = Speed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.speed
              })
              break
            }
            case 11: {
              obj.hidden = reader.bool()
              break
            }
            case 12: {
              if (opts.limits?.roundTrips != null && obj.roundTrips.length === opts.limits.roundTrips) {
                throw new MaxLengthError('Decode error - repeated field "roundTrips" had too many elements')
              }

              obj.roundTrips.push(RoundTrip.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.roundTrips$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0,
          holds: 0,
          models: 0,
          problems: 0,
          roundTrips: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.deviceKind`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.deviceName`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.deviceNote`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.memoryBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

              break
            }
            case 6: {
              if (opts.limits?.holds != null && obj.holds === opts.limits.holds) {
                throw new MaxLengthError('Streaming decode error - repeated field "holds" had too many elements')
              }

              for (const evt of Held.codec().stream(reader, reader.uint32(), `${prefix}.holds[]`, {
                limits: opts.limits?.holds$
              })) {
                yield {
                  ...evt,
                  index: obj.holds
                }
              }

              obj.holds++

              break
            }
            case 7: {
              yield * Loading.codec().stream(reader, reader.uint32(), `${prefix}.loading`, {
                limits: opts.limits?.loading
              })

              break
            }
            case 8: {
              if (opts.limits?.models != null && obj.models === opts.limits.models) {
                throw new MaxLengthError('Streaming decode error - repeated field "models" had too many elements')
              }

              for (const evt of Served.codec().stream(reader, reader.uint32(), `${prefix}.models[]`, {
                limits: opts.limits?.models$
              })) {
                yield {
                  ...evt,
                  index: obj.models
                }
              }

              obj.models++

              break
            }
            case 9: {
              if (opts.limits?.problems != null && obj.problems === opts.limits.problems) {
                throw new MaxLengthError('Streaming decode error - repeated field "problems" had too many elements')
              }

              for (const evt of Problem.codec().stream(reader, reader.uint32(), `${prefix}.problems[]`, {
                limits: opts.limits?.problems$
              })) {
                yield {
                  ...evt,
                  index: obj.problems
                }
              }

              obj.problems++

              break
            }
            case 10: {
              yield * Speed.codec().stream(reader, reader.uint32(), `${prefix}.speed`, {
                limits: opts.limits?.speed
              })

              break
            }
            case 11: {
              yield {
                field: `${prefix}.hidden`,
                value: reader.bool()
              }
              break
            }
            case 12: {
              if (opts.limits?.roundTrips != null && obj.roundTrips === opts.limits.roundTrips) {
                throw new MaxLengthError('Streaming decode error - repeated field "roundTrips" had too many elements')
              }

              for (const evt of RoundTrip.codec().stream(reader, reader.uint32(), `${prefix}.roundTrips[]`, {
                limits: opts.limits?.roundTrips$
              })) {
                yield {
                  ...evt,
                  index: obj.roundTrips
                }
              }

              obj.roundTrips++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RecordDeviceKindFieldEvent {
    field: '$.deviceKind'
    value: string
  }

  export interface RecordDeviceNameFieldEvent {
    field: '$.deviceName'
    value: string
  }

  export interface RecordDeviceNoteFieldEvent {
    field: '$.deviceNote'
    value: string
  }

  export interface RecordMemoryBytesFieldEvent {
    field: '$.memoryBytes'
    value: number
  }

  export interface RecordAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export interface RecordHoldsModelFieldEvent {
    field: '$.holds[].model'
    value: string
    index: number
  }

  export interface RecordHoldsFirstFieldEvent {
    field: '$.holds[].first'
    value: number
    index: number
  }

  export interface RecordHoldsLastFieldEvent {
    field: '$.holds[].last'
    value: number
    index: number
  }

  export interface RecordLoadingModelFieldEvent {
    field: '$.loading.model'
    value: string
  }

  export interface RecordLoadingBytesFieldEvent {
    field: '$.loading.bytes'
    value: number
  }

  export interface RecordLoadingTotalBytesFieldEvent {
    field: '$.loading.totalBytes'
    value: number
  }

  export interface RecordModelsModelFieldEvent {
    field: '$.models[].model'
    value: string
    index: number
  }

  export interface RecordModelsNameFieldEvent {
    field: '$.models[].name'
    value: string
    index: number
  }

  export interface RecordModelsRankFieldEvent {
    field: '$.models[].rank'
    value: number
    index: number
  }

  export interface RecordProblemsModelFieldEvent {
    field: '$.problems[].model'
    value: string
    index: number
  }

  export interface RecordProblemsKindFieldEvent {
    field: '$.problems[].kind'
    value: string
    index: number
  }

  export interface RecordProblemsReasonFieldEvent {
    field: '$.problems[].reason'
    value: string
    index: number
  }

  export interface RecordProblemsOutFieldEvent {
    field: '$.problems[].out'
    value: boolean
    index: number
  }

  export interface RecordSpeedRowNanosPerMBFieldEvent {
    field: '$.speed.rowNanosPerMB'
    value: number
  }

  export interface RecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.speed.chunkNanosPerMB'
    value: number
  }

  export interface RecordHiddenFieldEvent {
    field: '$.hidden'
    value: boolean
  }

  export interface RecordRoundTripsPeerFieldEvent {
    field: '$.roundTrips[].peer'
    value: string
    index: number
  }

  export interface RecordRoundTripsMsFieldEvent {
    field: '$.roundTrips[].ms'
    value: number
    index: number
  }

  export function encode (obj: Partial<Record>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Record.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Record {
    return decodeMessage(buf, Record.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Generator<RecordDeviceKindFieldEvent | RecordDeviceNameFieldEvent | RecordDeviceNoteFieldEvent | RecordMemoryBytesFieldEvent | RecordAddressesFieldEvent | RecordHoldsModelFieldEvent | RecordHoldsFirstFieldEvent | RecordHoldsLastFieldEvent | RecordLoadingModelFieldEvent | RecordLoadingBytesFieldEvent | RecordLoadingTotalBytesFieldEvent | RecordModelsModelFieldEvent | RecordModelsNameFieldEvent | RecordModelsRankFieldEvent | RecordProblemsModelFieldEvent | RecordProblemsKindFieldEvent | RecordProblemsReasonFieldEvent | RecordProblemsOutFieldEvent | RecordSpeedRowNanosPerMBFieldEvent | RecordSpeedChunkNanosPerMBFieldEvent | RecordHiddenFieldEvent | RecordRoundTripsPeerFieldEvent | RecordRoundTripsMsFieldEvent> {
    return streamMessage(buf, Record.codec(), opts)
  }
}

export interface Speed {
  rowNanosPerMB: number
  chunkNanosPerMB: number
}

export namespace Speed {
  let _codec: Codec<Speed>

  export const codec = (): Codec<Speed> => {
    if (_codec == null) {
      _codec = message<Speed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rowNanosPerMB != null && obj.rowNanosPerMB !== 0)) {
          w.uint32(8)
          w.uint32(obj.rowNanosPerMB)
        }

        if ((obj.chunkNanosPerMB != null && obj.chunkNanosPerMB !== 0)) {
          w.uint32(16)
          w.uint32(obj.chunkNanosPerMB)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rowNanosPerMB: 0,
          chunkNanosPerMB: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rowNanosPerMB = reader.uint32()
              break
            }
            case 2: {
              obj.chunkNanosPerMB = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.rowNanosPerMB`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.chunkNanosPerMB`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SpeedRowNanosPerMBFieldEvent {
    field: '$.rowNanosPerMB'
    value: number
  }

  export interface SpeedChunkNanosPerMBFieldEvent {
    field: '$.chunkNanosPerMB'
    value: number
  }

  export function encode (obj: Partial<Speed>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Speed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Speed>): Speed {
    return decodeMessage(buf, Speed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Speed>): Generator<SpeedRowNanosPerMBFieldEvent | SpeedChunkNanosPerMBFieldEvent> {
    return streamMessage(buf, Speed.codec(), opts)
  }
}

export interface RoundTrip {
  peer: string
  ms: number
}

export namespace RoundTrip {
  let _codec: Codec<RoundTrip>

  export const codec = (): Codec<RoundTrip> => {
    if (_codec == null) {
      _codec = message<RoundTrip>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer !== '')) {
          w.uint32(10)
          w.string(obj.peer)
        }

        if ((obj.ms != null && obj.ms !== 0)) {
          w.uint32(16)
          w.uint32(obj.ms)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: '',
          ms: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.string()
              break
            }
            case 2: {
              obj.ms = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.peer`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ms`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RoundTripPeerFieldEvent {
    field: '$.peer'
    value: string
  }

  export interface RoundTripMsFieldEvent {
    field: '$.ms'
    value: number
  }

  export function encode (obj: Partial<RoundTrip>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RoundTrip.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RoundTrip>): RoundTrip {
    return decodeMessage(buf, RoundTrip.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RoundTrip>): Generator<RoundTripPeerFieldEvent | RoundTripMsFieldEvent> {
    return streamMessage(buf, RoundTrip.codec(), opts)
  }
}

export interface Held {
  model: string
  first: number
  last: number
}

export namespace Held {
  let _codec: Codec<Held>

  export const codec = (): Codec<Held> => {
    if (_codec == null) {
      _codec = message<Held>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if ((obj.first != null && obj.first !== 0)) {
          w.uint32(16)
          w.uint32(obj.first)
        }

        if ((obj.last != null && obj.last !== 0)) {
          w.uint32(24)
          w.uint32(obj.last)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          first: 0,
          last: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            case 2: {
              obj.first = reader.uint32()
              break
            }
            case 3: {
              obj.last = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.first`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.last`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeldModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface HeldFirstFieldEvent {
    field: '$.first'
    value: number
  }

  export interface HeldLastFieldEvent {
    field: '$.last'
    value: number
  }

  export function encode (obj: Partial<Held>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Held.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Held>): Held {
    return decodeMessage(buf, Held.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Held>): Generator<HeldModelFieldEvent | HeldFirstFieldEvent | HeldLastFieldEvent> {
    return streamMessage(buf, Held.codec(), opts)
  }
}

export interface Loading {
  model: string
  bytes: number
  totalBytes: number
}

export namespace Loading {
  let _codec: Codec<Loading>

  export const codec = (): Codec<Loading> => {
    if (_codec == null) {
      _codec = message<Loading>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.bytes)
        }

        if ((obj.totalBytes != null && obj.totalBytes !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.totalBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          bytes: 0,
          totalBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            case 2: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 3: {
              obj.totalBytes = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.totalBytes`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface LoadingModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface LoadingBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface LoadingTotalBytesFieldEvent {
    field: '$.totalBytes'
    value: number
  }

  export function encode (obj: Partial<Loading>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Loading.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Loading>): Loading {
    return decodeMessage(buf, Loading.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Loading>): Generator<LoadingModelFieldEvent | LoadingBytesFieldEvent | LoadingTotalBytesFieldEvent> {
    return streamMessage(buf, Loading.codec(), opts)
  }
}

export interface Problem {
  model: string
  kind: string
  reason: string
  out: boolean
}

export namespace Problem {
  let _codec: Codec<Problem>

  export const codec = (): Codec<Problem> => {
    if (_codec == null) {
      _codec = message<Problem>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if ((obj.kind != null && obj.kind !== '')) {
          w.uint32(18)
          w.string(obj.kind)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(26)
          w.string(obj.reason)
        }

        if ((obj.out != null && obj.out !== false)) {
          w.uint32(32)
          w.bool(obj.out)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          kind: '',
          reason: '',
          out: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            case 2: {
              obj.kind = reader.string()
              break
            }
            case 3: {
              obj.reason = reader.string()
              break
            }
            case 4: {
              obj.out = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.kind`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.out`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ProblemModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface ProblemKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface ProblemReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface ProblemOutFieldEvent {
    field: '$.out'
    value: boolean
  }

  export function encode (obj: Partial<Problem>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Problem.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Problem>): Problem {
    return decodeMessage(buf, Problem.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Problem>): Generator<ProblemModelFieldEvent | ProblemKindFieldEvent | ProblemReasonFieldEvent | ProblemOutFieldEvent> {
    return streamMessage(buf, Problem.codec(), opts)
  }
}

export interface Served {
  model: string
  name: string
  rank: number
}

export namespace Served {
  let _codec: Codec<Served>

  export const codec = (): Codec<Served> => {
    if (_codec == null) {
      _codec = message<Served>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.rank != null && obj.rank !== 0)) {
          w.uint32(24)
          w.uint32(obj.rank)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          name: '',
          rank: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.rank = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.rank`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ServedModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface ServedNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ServedRankFieldEvent {
    field: '$.rank'
    value: number
  }

  export function encode (obj: Partial<Served>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Served.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Served>): Served {
    return decodeMessage(buf, Served.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Served>): Generator<ServedModelFieldEvent | ServedNameFieldEvent | ServedRankFieldEvent> {
    return streamMessage(buf, Served.codec(), opts)
  }
}

export interface Invite {
  pod: Uint8Array<ArrayBuffer>
  name: string
  secret: Uint8Array<ArrayBuffer>
  inviterName: string
  contacts: Contact[]
  relays: string[]
  role: string
  uses: number
  expires: number
  models: Offer[]
  lentBytes: number
}

export namespace Invite {
  let _codec: Codec<Invite>

  export const codec = (): Codec<Invite> => {
    if (_codec == null) {
      _codec = message<Invite>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.pod != null && obj.pod.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.pod)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.secret)
        }

        if ((obj.inviterName != null && obj.inviterName !== '')) {
          w.uint32(34)
          w.string(obj.inviterName)
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(42)
            Contact.codec().encode(value, w)
          }
        }

        if (obj.relays != null && obj.relays.length > 0) {
          for (const value of obj.relays) {
            w.uint32(50)
            w.string(value)
          }
        }

        if ((obj.role != null && obj.role !== '')) {
          w.uint32(58)
          w.string(obj.role)
        }

        if ((obj.uses != null && obj.uses !== 0)) {
          w.uint32(64)
          w.uint32(obj.uses)
        }

        if ((obj.expires != null && obj.expires !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.expires)
        }

        if (obj.models != null && obj.models.length > 0) {
          for (const value of obj.models) {
            w.uint32(82)
            Offer.codec().encode(value, w)
          }
        }

        if ((obj.lentBytes != null && obj.lentBytes !== 0)) {
          w.uint32(88)
          w.uint64Number(obj.lentBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          pod: uint8ArrayAlloc(0),
          name: '',
          secret: uint8ArrayAlloc(0),
          inviterName: '',
          contacts: [],
          relays: [],
          role: '',
          uses: 0,
          expires: 0,
          models: [],
          lentBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.pod = reader.bytes()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              obj.secret = reader.bytes()
              break
            }
            case 4: {
              obj.inviterName = reader.string()
              break
            }
            case 5: {
              if (opts.limits?.contacts != null && obj.contacts.length === opts.limits.contacts) {
                throw new MaxLengthError('Decode error - repeated field "contacts" had too many elements')
              }

              obj.contacts.push(Contact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts$
              }))
              break
            }
            case 6: {
              if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              obj.relays.push(reader.string())
              break
            }
            case 7: {
              obj.role = reader.string()
              break
            }
            case 8: {
              obj.uses = reader.uint32()
              break
            }
            case 9: {
              obj.expires = reader.uint64Number()
              break
            }
            case 10: {
              if (opts.limits?.models != null && obj.models.length === opts.limits.models) {
                throw new MaxLengthError('Decode error - repeated field "models" had too many elements')
              }

              obj.models.push(Offer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.models$
              }))
              break
            }
            case 11: {
              obj.lentBytes = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          contacts: 0,
          relays: 0,
          models: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.pod`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.inviterName`,
                value: reader.string()
              }
              break
            }
            case 5: {
              if (opts.limits?.contacts != null && obj.contacts === opts.limits.contacts) {
                throw new MaxLengthError('Streaming decode error - repeated field "contacts" had too many elements')
              }

              for (const evt of Contact.codec().stream(reader, reader.uint32(), `${prefix}.contacts[]`, {
                limits: opts.limits?.contacts$
              })) {
                yield {
                  ...evt,
                  index: obj.contacts
                }
              }

              obj.contacts++

              break
            }
            case 6: {
              if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              yield {
                field: `${prefix}.relays[]`,
                index: obj.relays,
                value: reader.string()
              }

              obj.relays++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.role`,
                value: reader.string()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.uses`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.expires`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              if (opts.limits?.models != null && obj.models === opts.limits.models) {
                throw new MaxLengthError('Streaming decode error - repeated field "models" had too many elements')
              }

              for (const evt of Offer.codec().stream(reader, reader.uint32(), `${prefix}.models[]`, {
                limits: opts.limits?.models$
              })) {
                yield {
                  ...evt,
                  index: obj.models
                }
              }

              obj.models++

              break
            }
            case 11: {
              yield {
                field: `${prefix}.lentBytes`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface InvitePodFieldEvent {
    field: '$.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InviteNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface InviteSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InviteInviterNameFieldEvent {
    field: '$.inviterName'
    value: string
  }

  export interface InviteContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface InviteContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export interface InviteRelaysFieldEvent {
    field: '$.relays[]'
    index: number
    value: string
  }

  export interface InviteRoleFieldEvent {
    field: '$.role'
    value: string
  }

  export interface InviteUsesFieldEvent {
    field: '$.uses'
    value: number
  }

  export interface InviteExpiresFieldEvent {
    field: '$.expires'
    value: number
  }

  export interface InviteModelsNameFieldEvent {
    field: '$.models[].name'
    value: string
    index: number
  }

  export interface InviteModelsLayerBytesFieldEvent {
    field: '$.models[].layerBytes'
    value: number
    index: number
  }

  export interface InviteModelsHeadBytesFieldEvent {
    field: '$.models[].headBytes'
    value: number
    index: number
  }

  export interface InviteLentBytesFieldEvent {
    field: '$.lentBytes'
    value: number
  }

  export function encode (obj: Partial<Invite>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Invite.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite {
    return decodeMessage(buf, Invite.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InvitePodFieldEvent | InviteNameFieldEvent | InviteSecretFieldEvent | InviteInviterNameFieldEvent | InviteContactsPeerFieldEvent | InviteContactsAddressesFieldEvent | InviteRelaysFieldEvent | InviteRoleFieldEvent | InviteUsesFieldEvent | InviteExpiresFieldEvent | InviteModelsNameFieldEvent | InviteModelsLayerBytesFieldEvent | InviteModelsHeadBytesFieldEvent | InviteLentBytesFieldEvent> {
    return streamMessage(buf, Invite.codec(), opts)
  }
}

export interface Offer {
  name: string
  layerBytes: number
  headBytes: number
}

export namespace Offer {
  let _codec: Codec<Offer>

  export const codec = (): Codec<Offer> => {
    if (_codec == null) {
      _codec = message<Offer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if ((obj.layerBytes != null && obj.layerBytes !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.layerBytes)
        }

        if ((obj.headBytes != null && obj.headBytes !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.headBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          layerBytes: 0,
          headBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              obj.layerBytes = reader.uint64Number()
              break
            }
            case 3: {
              obj.headBytes = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.layerBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.headBytes`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface OfferNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface OfferLayerBytesFieldEvent {
    field: '$.layerBytes'
    value: number
  }

  export interface OfferHeadBytesFieldEvent {
    field: '$.headBytes'
    value: number
  }

  export function encode (obj: Partial<Offer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Offer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Offer {
    return decodeMessage(buf, Offer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Generator<OfferNameFieldEvent | OfferLayerBytesFieldEvent | OfferHeadBytesFieldEvent> {
    return streamMessage(buf, Offer.codec(), opts)
  }
}
