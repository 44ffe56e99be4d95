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
  welcome?: Welcome
  refusal?: Refusal
  announce?: Record
  heartbeat?: Heartbeat
  goodbye?: Goodbye
  contacts?: Contacts
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

        if (obj.contacts != null) {
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
          Welcome.codec().encode(obj.welcome, w)
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
              obj.welcome = Welcome.codec().decode(reader, reader.uint32(), {
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
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.contacts != null) {
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
              yield * Welcome.codec().stream(reader, reader.uint32(), `${prefix}.welcome`, {
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

  export interface PodMessageChallengeNonceFieldEvent {
    field: '$.challenge.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageChallengeProofFieldEvent {
    field: '$.challenge.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageProofProofFieldEvent {
    field: '$.proof.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PodMessageProofRecordDeviceKindFieldEvent {
    field: '$.proof.record.deviceKind'
    value: string
  }

  export interface PodMessageProofRecordDeviceNameFieldEvent {
    field: '$.proof.record.deviceName'
    value: string
  }

  export interface PodMessageProofRecordDeviceNoteFieldEvent {
    field: '$.proof.record.deviceNote'
    value: string
  }

  export interface PodMessageProofRecordMemoryBytesFieldEvent {
    field: '$.proof.record.memoryBytes'
    value: number
  }

  export interface PodMessageProofRecordAddressesFieldEvent {
    field: '$.proof.record.addresses[]'
    index: number
    value: string
  }

  export interface PodMessageProofRecordHoldsModelFieldEvent {
    field: '$.proof.record.holds[].model'
    value: string
    index: number
  }

  export interface PodMessageProofRecordHoldsFirstFieldEvent {
    field: '$.proof.record.holds[].first'
    value: number
    index: number
  }

  export interface PodMessageProofRecordHoldsLastFieldEvent {
    field: '$.proof.record.holds[].last'
    value: number
    index: number
  }

  export interface PodMessageProofRecordLoadingModelFieldEvent {
    field: '$.proof.record.loading.model'
    value: string
  }

  export interface PodMessageProofRecordLoadingBytesFieldEvent {
    field: '$.proof.record.loading.bytes'
    value: number
  }

  export interface PodMessageProofRecordLoadingTotalBytesFieldEvent {
    field: '$.proof.record.loading.totalBytes'
    value: number
  }

  export interface PodMessageProofRecordModelsModelFieldEvent {
    field: '$.proof.record.models[].model'
    value: string
    index: number
  }

  export interface PodMessageProofRecordModelsNameFieldEvent {
    field: '$.proof.record.models[].name'
    value: string
    index: number
  }

  export interface PodMessageProofRecordModelsRankFieldEvent {
    field: '$.proof.record.models[].rank'
    value: number
    index: number
  }

  export interface PodMessageProofRecordProblemsModelFieldEvent {
    field: '$.proof.record.problems[].model'
    value: string
    index: number
  }

  export interface PodMessageProofRecordProblemsKindFieldEvent {
    field: '$.proof.record.problems[].kind'
    value: string
    index: number
  }

  export interface PodMessageProofRecordProblemsReasonFieldEvent {
    field: '$.proof.record.problems[].reason'
    value: string
    index: number
  }

  export interface PodMessageProofRecordProblemsOutFieldEvent {
    field: '$.proof.record.problems[].out'
    value: boolean
    index: number
  }

  export interface PodMessageProofRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.proof.record.speed.rowNanosPerMB'
    value: number
  }

  export interface PodMessageProofRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.proof.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface PodMessageProofRecordHiddenFieldEvent {
    field: '$.proof.record.hidden'
    value: boolean
  }

  export interface PodMessageProofRecordRoundTripsPeerFieldEvent {
    field: '$.proof.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface PodMessageProofRecordRoundTripsMsFieldEvent {
    field: '$.proof.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface PodMessageProofRecordSpreadsWideFieldEvent {
    field: '$.proof.record.spreadsWide'
    value: boolean
  }

  export interface PodMessageProofRecordSpreadVersionFieldEvent {
    field: '$.proof.record.spreadVersion'
    value: number
  }

  export interface PodMessageProofContactsPeerFieldEvent {
    field: '$.proof.contacts[].peer'
    value: string
    index: number
  }

  export interface PodMessageProofContactsAddressesFieldEvent {
    field: '$.proof.contacts[].addresses[]'
    index: number
    value: string
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

  export interface PodMessageWelcomeRecordSpreadsWideFieldEvent {
    field: '$.welcome.record.spreadsWide'
    value: boolean
  }

  export interface PodMessageWelcomeRecordSpreadVersionFieldEvent {
    field: '$.welcome.record.spreadVersion'
    value: number
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

  export interface PodMessageAnnounceSpreadsWideFieldEvent {
    field: '$.announce.spreadsWide'
    value: boolean
  }

  export interface PodMessageAnnounceSpreadVersionFieldEvent {
    field: '$.announce.spreadVersion'
    value: number
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

  export function encode (obj: Partial<PodMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PodMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PodMessage>): PodMessage {
    return decodeMessage(buf, PodMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PodMessage>): Generator<PodMessageHelloPodFieldEvent | PodMessageHelloNonceFieldEvent | PodMessageChallengeNonceFieldEvent | PodMessageChallengeProofFieldEvent | PodMessageProofProofFieldEvent | PodMessageProofRecordDeviceKindFieldEvent | PodMessageProofRecordDeviceNameFieldEvent | PodMessageProofRecordDeviceNoteFieldEvent | PodMessageProofRecordMemoryBytesFieldEvent | PodMessageProofRecordAddressesFieldEvent | PodMessageProofRecordHoldsModelFieldEvent | PodMessageProofRecordHoldsFirstFieldEvent | PodMessageProofRecordHoldsLastFieldEvent | PodMessageProofRecordLoadingModelFieldEvent | PodMessageProofRecordLoadingBytesFieldEvent | PodMessageProofRecordLoadingTotalBytesFieldEvent | PodMessageProofRecordModelsModelFieldEvent | PodMessageProofRecordModelsNameFieldEvent | PodMessageProofRecordModelsRankFieldEvent | PodMessageProofRecordProblemsModelFieldEvent | PodMessageProofRecordProblemsKindFieldEvent | PodMessageProofRecordProblemsReasonFieldEvent | PodMessageProofRecordProblemsOutFieldEvent | PodMessageProofRecordSpeedRowNanosPerMBFieldEvent | PodMessageProofRecordSpeedChunkNanosPerMBFieldEvent | PodMessageProofRecordHiddenFieldEvent | PodMessageProofRecordRoundTripsPeerFieldEvent | PodMessageProofRecordRoundTripsMsFieldEvent | PodMessageProofRecordSpreadsWideFieldEvent | PodMessageProofRecordSpreadVersionFieldEvent | PodMessageProofContactsPeerFieldEvent | PodMessageProofContactsAddressesFieldEvent | PodMessageWelcomeRecordDeviceKindFieldEvent | PodMessageWelcomeRecordDeviceNameFieldEvent | PodMessageWelcomeRecordDeviceNoteFieldEvent | PodMessageWelcomeRecordMemoryBytesFieldEvent | PodMessageWelcomeRecordAddressesFieldEvent | PodMessageWelcomeRecordHoldsModelFieldEvent | PodMessageWelcomeRecordHoldsFirstFieldEvent | PodMessageWelcomeRecordHoldsLastFieldEvent | PodMessageWelcomeRecordLoadingModelFieldEvent | PodMessageWelcomeRecordLoadingBytesFieldEvent | PodMessageWelcomeRecordLoadingTotalBytesFieldEvent | PodMessageWelcomeRecordModelsModelFieldEvent | PodMessageWelcomeRecordModelsNameFieldEvent | PodMessageWelcomeRecordModelsRankFieldEvent | PodMessageWelcomeRecordProblemsModelFieldEvent | PodMessageWelcomeRecordProblemsKindFieldEvent | PodMessageWelcomeRecordProblemsReasonFieldEvent | PodMessageWelcomeRecordProblemsOutFieldEvent | PodMessageWelcomeRecordSpeedRowNanosPerMBFieldEvent | PodMessageWelcomeRecordSpeedChunkNanosPerMBFieldEvent | PodMessageWelcomeRecordHiddenFieldEvent | PodMessageWelcomeRecordRoundTripsPeerFieldEvent | PodMessageWelcomeRecordRoundTripsMsFieldEvent | PodMessageWelcomeRecordSpreadsWideFieldEvent | PodMessageWelcomeRecordSpreadVersionFieldEvent | PodMessageWelcomeContactsPeerFieldEvent | PodMessageWelcomeContactsAddressesFieldEvent | PodMessageRefusalKindFieldEvent | PodMessageRefusalReasonFieldEvent | PodMessageAnnounceDeviceKindFieldEvent | PodMessageAnnounceDeviceNameFieldEvent | PodMessageAnnounceDeviceNoteFieldEvent | PodMessageAnnounceMemoryBytesFieldEvent | PodMessageAnnounceAddressesFieldEvent | PodMessageAnnounceHoldsModelFieldEvent | PodMessageAnnounceHoldsFirstFieldEvent | PodMessageAnnounceHoldsLastFieldEvent | PodMessageAnnounceLoadingModelFieldEvent | PodMessageAnnounceLoadingBytesFieldEvent | PodMessageAnnounceLoadingTotalBytesFieldEvent | PodMessageAnnounceModelsModelFieldEvent | PodMessageAnnounceModelsNameFieldEvent | PodMessageAnnounceModelsRankFieldEvent | PodMessageAnnounceProblemsModelFieldEvent | PodMessageAnnounceProblemsKindFieldEvent | PodMessageAnnounceProblemsReasonFieldEvent | PodMessageAnnounceProblemsOutFieldEvent | PodMessageAnnounceSpeedRowNanosPerMBFieldEvent | PodMessageAnnounceSpeedChunkNanosPerMBFieldEvent | PodMessageAnnounceHiddenFieldEvent | PodMessageAnnounceRoundTripsPeerFieldEvent | PodMessageAnnounceRoundTripsMsFieldEvent | PodMessageAnnounceSpreadsWideFieldEvent | PodMessageAnnounceSpreadVersionFieldEvent | PodMessageContactsContactsPeerFieldEvent | PodMessageContactsContactsAddressesFieldEvent> {
    return streamMessage(buf, PodMessage.codec(), opts)
  }
}

export interface Hello {
  pod: Uint8Array<ArrayBuffer>
  nonce: Uint8Array<ArrayBuffer>
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          pod: uint8ArrayAlloc(0),
          nonce: uint8ArrayAlloc(0)
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

  export function encode (obj: Partial<Hello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloPodFieldEvent | HelloNonceFieldEvent> {
    return streamMessage(buf, Hello.codec(), opts)
  }
}

export interface Challenge {
  nonce: Uint8Array<ArrayBuffer>
  proof: Uint8Array<ArrayBuffer>
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

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proof)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nonce: uint8ArrayAlloc(0),
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
                field: `${prefix}.nonce`,
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

  export interface ChallengeNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChallengeProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Challenge>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Challenge.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Challenge {
    return decodeMessage(buf, Challenge.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Generator<ChallengeNonceFieldEvent | ChallengeProofFieldEvent> {
    return streamMessage(buf, Challenge.codec(), opts)
  }
}

export interface Proof {
  proof: Uint8Array<ArrayBuffer>
  record?: Record
  contacts: Contact[]
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

        if (obj.record != null) {
          w.uint32(18)
          Record.codec().encode(obj.record, w)
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(26)
            Contact.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          proof: uint8ArrayAlloc(0),
          contacts: []
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
              obj.record = Record.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.record
              })
              break
            }
            case 3: {
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
              yield {
                field: `${prefix}.proof`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * Record.codec().stream(reader, reader.uint32(), `${prefix}.record`, {
                limits: opts.limits?.record
              })

              break
            }
            case 3: {
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

  export interface ProofProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProofRecordDeviceKindFieldEvent {
    field: '$.record.deviceKind'
    value: string
  }

  export interface ProofRecordDeviceNameFieldEvent {
    field: '$.record.deviceName'
    value: string
  }

  export interface ProofRecordDeviceNoteFieldEvent {
    field: '$.record.deviceNote'
    value: string
  }

  export interface ProofRecordMemoryBytesFieldEvent {
    field: '$.record.memoryBytes'
    value: number
  }

  export interface ProofRecordAddressesFieldEvent {
    field: '$.record.addresses[]'
    index: number
    value: string
  }

  export interface ProofRecordHoldsModelFieldEvent {
    field: '$.record.holds[].model'
    value: string
    index: number
  }

  export interface ProofRecordHoldsFirstFieldEvent {
    field: '$.record.holds[].first'
    value: number
    index: number
  }

  export interface ProofRecordHoldsLastFieldEvent {
    field: '$.record.holds[].last'
    value: number
    index: number
  }

  export interface ProofRecordLoadingModelFieldEvent {
    field: '$.record.loading.model'
    value: string
  }

  export interface ProofRecordLoadingBytesFieldEvent {
    field: '$.record.loading.bytes'
    value: number
  }

  export interface ProofRecordLoadingTotalBytesFieldEvent {
    field: '$.record.loading.totalBytes'
    value: number
  }

  export interface ProofRecordModelsModelFieldEvent {
    field: '$.record.models[].model'
    value: string
    index: number
  }

  export interface ProofRecordModelsNameFieldEvent {
    field: '$.record.models[].name'
    value: string
    index: number
  }

  export interface ProofRecordModelsRankFieldEvent {
    field: '$.record.models[].rank'
    value: number
    index: number
  }

  export interface ProofRecordProblemsModelFieldEvent {
    field: '$.record.problems[].model'
    value: string
    index: number
  }

  export interface ProofRecordProblemsKindFieldEvent {
    field: '$.record.problems[].kind'
    value: string
    index: number
  }

  export interface ProofRecordProblemsReasonFieldEvent {
    field: '$.record.problems[].reason'
    value: string
    index: number
  }

  export interface ProofRecordProblemsOutFieldEvent {
    field: '$.record.problems[].out'
    value: boolean
    index: number
  }

  export interface ProofRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.record.speed.rowNanosPerMB'
    value: number
  }

  export interface ProofRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface ProofRecordHiddenFieldEvent {
    field: '$.record.hidden'
    value: boolean
  }

  export interface ProofRecordRoundTripsPeerFieldEvent {
    field: '$.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface ProofRecordRoundTripsMsFieldEvent {
    field: '$.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface ProofRecordSpreadsWideFieldEvent {
    field: '$.record.spreadsWide'
    value: boolean
  }

  export interface ProofRecordSpreadVersionFieldEvent {
    field: '$.record.spreadVersion'
    value: number
  }

  export interface ProofContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface ProofContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Proof>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Proof.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Proof {
    return decodeMessage(buf, Proof.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Generator<ProofProofFieldEvent | ProofRecordDeviceKindFieldEvent | ProofRecordDeviceNameFieldEvent | ProofRecordDeviceNoteFieldEvent | ProofRecordMemoryBytesFieldEvent | ProofRecordAddressesFieldEvent | ProofRecordHoldsModelFieldEvent | ProofRecordHoldsFirstFieldEvent | ProofRecordHoldsLastFieldEvent | ProofRecordLoadingModelFieldEvent | ProofRecordLoadingBytesFieldEvent | ProofRecordLoadingTotalBytesFieldEvent | ProofRecordModelsModelFieldEvent | ProofRecordModelsNameFieldEvent | ProofRecordModelsRankFieldEvent | ProofRecordProblemsModelFieldEvent | ProofRecordProblemsKindFieldEvent | ProofRecordProblemsReasonFieldEvent | ProofRecordProblemsOutFieldEvent | ProofRecordSpeedRowNanosPerMBFieldEvent | ProofRecordSpeedChunkNanosPerMBFieldEvent | ProofRecordHiddenFieldEvent | ProofRecordRoundTripsPeerFieldEvent | ProofRecordRoundTripsMsFieldEvent | ProofRecordSpreadsWideFieldEvent | ProofRecordSpreadVersionFieldEvent | ProofContactsPeerFieldEvent | ProofContactsAddressesFieldEvent> {
    return streamMessage(buf, Proof.codec(), opts)
  }
}

export interface Welcome {
  record?: Record
  contacts: Contact[]
}

export namespace Welcome {
  let _codec: Codec<Welcome>

  export const codec = (): Codec<Welcome> => {
    if (_codec == null) {
      _codec = message<Welcome>((obj, w, opts = {}) => {
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

  export interface WelcomeRecordDeviceKindFieldEvent {
    field: '$.record.deviceKind'
    value: string
  }

  export interface WelcomeRecordDeviceNameFieldEvent {
    field: '$.record.deviceName'
    value: string
  }

  export interface WelcomeRecordDeviceNoteFieldEvent {
    field: '$.record.deviceNote'
    value: string
  }

  export interface WelcomeRecordMemoryBytesFieldEvent {
    field: '$.record.memoryBytes'
    value: number
  }

  export interface WelcomeRecordAddressesFieldEvent {
    field: '$.record.addresses[]'
    index: number
    value: string
  }

  export interface WelcomeRecordHoldsModelFieldEvent {
    field: '$.record.holds[].model'
    value: string
    index: number
  }

  export interface WelcomeRecordHoldsFirstFieldEvent {
    field: '$.record.holds[].first'
    value: number
    index: number
  }

  export interface WelcomeRecordHoldsLastFieldEvent {
    field: '$.record.holds[].last'
    value: number
    index: number
  }

  export interface WelcomeRecordLoadingModelFieldEvent {
    field: '$.record.loading.model'
    value: string
  }

  export interface WelcomeRecordLoadingBytesFieldEvent {
    field: '$.record.loading.bytes'
    value: number
  }

  export interface WelcomeRecordLoadingTotalBytesFieldEvent {
    field: '$.record.loading.totalBytes'
    value: number
  }

  export interface WelcomeRecordModelsModelFieldEvent {
    field: '$.record.models[].model'
    value: string
    index: number
  }

  export interface WelcomeRecordModelsNameFieldEvent {
    field: '$.record.models[].name'
    value: string
    index: number
  }

  export interface WelcomeRecordModelsRankFieldEvent {
    field: '$.record.models[].rank'
    value: number
    index: number
  }

  export interface WelcomeRecordProblemsModelFieldEvent {
    field: '$.record.problems[].model'
    value: string
    index: number
  }

  export interface WelcomeRecordProblemsKindFieldEvent {
    field: '$.record.problems[].kind'
    value: string
    index: number
  }

  export interface WelcomeRecordProblemsReasonFieldEvent {
    field: '$.record.problems[].reason'
    value: string
    index: number
  }

  export interface WelcomeRecordProblemsOutFieldEvent {
    field: '$.record.problems[].out'
    value: boolean
    index: number
  }

  export interface WelcomeRecordSpeedRowNanosPerMBFieldEvent {
    field: '$.record.speed.rowNanosPerMB'
    value: number
  }

  export interface WelcomeRecordSpeedChunkNanosPerMBFieldEvent {
    field: '$.record.speed.chunkNanosPerMB'
    value: number
  }

  export interface WelcomeRecordHiddenFieldEvent {
    field: '$.record.hidden'
    value: boolean
  }

  export interface WelcomeRecordRoundTripsPeerFieldEvent {
    field: '$.record.roundTrips[].peer'
    value: string
    index: number
  }

  export interface WelcomeRecordRoundTripsMsFieldEvent {
    field: '$.record.roundTrips[].ms'
    value: number
    index: number
  }

  export interface WelcomeRecordSpreadsWideFieldEvent {
    field: '$.record.spreadsWide'
    value: boolean
  }

  export interface WelcomeRecordSpreadVersionFieldEvent {
    field: '$.record.spreadVersion'
    value: number
  }

  export interface WelcomeContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface WelcomeContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Welcome>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Welcome.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Welcome {
    return decodeMessage(buf, Welcome.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Generator<WelcomeRecordDeviceKindFieldEvent | WelcomeRecordDeviceNameFieldEvent | WelcomeRecordDeviceNoteFieldEvent | WelcomeRecordMemoryBytesFieldEvent | WelcomeRecordAddressesFieldEvent | WelcomeRecordHoldsModelFieldEvent | WelcomeRecordHoldsFirstFieldEvent | WelcomeRecordHoldsLastFieldEvent | WelcomeRecordLoadingModelFieldEvent | WelcomeRecordLoadingBytesFieldEvent | WelcomeRecordLoadingTotalBytesFieldEvent | WelcomeRecordModelsModelFieldEvent | WelcomeRecordModelsNameFieldEvent | WelcomeRecordModelsRankFieldEvent | WelcomeRecordProblemsModelFieldEvent | WelcomeRecordProblemsKindFieldEvent | WelcomeRecordProblemsReasonFieldEvent | WelcomeRecordProblemsOutFieldEvent | WelcomeRecordSpeedRowNanosPerMBFieldEvent | WelcomeRecordSpeedChunkNanosPerMBFieldEvent | WelcomeRecordHiddenFieldEvent | WelcomeRecordRoundTripsPeerFieldEvent | WelcomeRecordRoundTripsMsFieldEvent | WelcomeRecordSpreadsWideFieldEvent | WelcomeRecordSpreadVersionFieldEvent | WelcomeContactsPeerFieldEvent | WelcomeContactsAddressesFieldEvent> {
    return streamMessage(buf, Welcome.codec(), opts)
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
  spreadsWide: boolean
  spreadVersion: number
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

        if ((obj.spreadsWide != null && obj.spreadsWide !== false)) {
          w.uint32(104)
          w.bool(obj.spreadsWide)
        }

        if ((obj.spreadVersion != null && obj.spreadVersion !== 0)) {
          w.uint32(112)
          w.uint32(obj.spreadVersion)
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
          roundTrips: [],
          spreadsWide: false,
          spreadVersion: 0
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
            case 13: {
              obj.spreadsWide = reader.bool()
              break
            }
            case 14: {
              obj.spreadVersion = reader.uint32()
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
            case 13: {
              yield {
                field: `${prefix}.spreadsWide`,
                value: reader.bool()
              }
              break
            }
            case 14: {
              yield {
                field: `${prefix}.spreadVersion`,
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

  export interface RecordSpreadsWideFieldEvent {
    field: '$.spreadsWide'
    value: boolean
  }

  export interface RecordSpreadVersionFieldEvent {
    field: '$.spreadVersion'
    value: number
  }

  export function encode (obj: Partial<Record>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Record.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Record {
    return decodeMessage(buf, Record.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Generator<RecordDeviceKindFieldEvent | RecordDeviceNameFieldEvent | RecordDeviceNoteFieldEvent | RecordMemoryBytesFieldEvent | RecordAddressesFieldEvent | RecordHoldsModelFieldEvent | RecordHoldsFirstFieldEvent | RecordHoldsLastFieldEvent | RecordLoadingModelFieldEvent | RecordLoadingBytesFieldEvent | RecordLoadingTotalBytesFieldEvent | RecordModelsModelFieldEvent | RecordModelsNameFieldEvent | RecordModelsRankFieldEvent | RecordProblemsModelFieldEvent | RecordProblemsKindFieldEvent | RecordProblemsReasonFieldEvent | RecordProblemsOutFieldEvent | RecordSpeedRowNanosPerMBFieldEvent | RecordSpeedChunkNanosPerMBFieldEvent | RecordHiddenFieldEvent | RecordRoundTripsPeerFieldEvent | RecordRoundTripsMsFieldEvent | RecordSpreadsWideFieldEvent | RecordSpreadVersionFieldEvent> {
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
  models: string[]
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

        if (obj.models != null && obj.models.length > 0) {
          for (const value of obj.models) {
            w.uint32(50)
            w.string(value)
          }
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
          models: []
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
              if (opts.limits?.models != null && obj.models.length === opts.limits.models) {
                throw new MaxLengthError('Decode error - repeated field "models" had too many elements')
              }

              obj.models.push(reader.string())
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
              if (opts.limits?.models != null && obj.models === opts.limits.models) {
                throw new MaxLengthError('Streaming decode error - repeated field "models" had too many elements')
              }

              yield {
                field: `${prefix}.models[]`,
                index: obj.models,
                value: reader.string()
              }

              obj.models++

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

  export interface InviteModelsFieldEvent {
    field: '$.models[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Invite>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Invite.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite {
    return decodeMessage(buf, Invite.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InvitePodFieldEvent | InviteNameFieldEvent | InviteSecretFieldEvent | InviteInviterNameFieldEvent | InviteContactsPeerFieldEvent | InviteContactsAddressesFieldEvent | InviteModelsFieldEvent> {
    return streamMessage(buf, Invite.codec(), opts)
  }
}
