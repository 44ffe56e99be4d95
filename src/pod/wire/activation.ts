// @ts-nocheck
// Made by `npm run proto` from src/pod/wire/activation.proto.
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Frame {
  session: Uint8Array<ArrayBuffer>
  hop: number
  open?: Open
  opened?: Opened
  rows?: Rows
  rest?: Rest
  close?: Close
  fault?: Fault
  listen?: Listen
  listening?: Listening
  replay?: Replay
  severed?: Severed
}

export namespace Frame {
  let _codec: Codec<Frame>

  export const codec = (): Codec<Frame> => {
    if (_codec == null) {
      _codec = message<Frame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.severed != null) {
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.replay != null) {
          obj.severed = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.listening != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.listen != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.fault != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.close != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.rest != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rows = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.rows != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.opened = undefined
          obj.open = undefined
        }

        if (obj.opened != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.open = undefined
        }

        if (obj.open != null) {
          obj.severed = undefined
          obj.replay = undefined
          obj.listening = undefined
          obj.listen = undefined
          obj.fault = undefined
          obj.close = undefined
          obj.rest = undefined
          obj.rows = undefined
          obj.opened = undefined
        }

        if ((obj.session != null && obj.session.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.session)
        }

        if ((obj.hop != null && obj.hop !== 0)) {
          w.uint32(16)
          w.uint32(obj.hop)
        }

        if (obj.open != null) {
          w.uint32(26)
          Open.codec().encode(obj.open, w)
        }

        if (obj.opened != null) {
          w.uint32(34)
          Opened.codec().encode(obj.opened, w)
        }

        if (obj.rows != null) {
          w.uint32(42)
          Rows.codec().encode(obj.rows, w)
        }

        if (obj.rest != null) {
          w.uint32(50)
          Rest.codec().encode(obj.rest, w)
        }

        if (obj.close != null) {
          w.uint32(58)
          Close.codec().encode(obj.close, w)
        }

        if (obj.fault != null) {
          w.uint32(66)
          Fault.codec().encode(obj.fault, w)
        }

        if (obj.listen != null) {
          w.uint32(74)
          Listen.codec().encode(obj.listen, w)
        }

        if (obj.listening != null) {
          w.uint32(82)
          Listening.codec().encode(obj.listening, w)
        }

        if (obj.replay != null) {
          w.uint32(90)
          Replay.codec().encode(obj.replay, w)
        }

        if (obj.severed != null) {
          w.uint32(98)
          Severed.codec().encode(obj.severed, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          session: uint8ArrayAlloc(0),
          hop: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.session = reader.bytes()
              break
            }
            case 2: {
              obj.hop = reader.uint32()
              break
            }
            case 3: {
              obj.open = Open.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.open
              })
              break
            }
            case 4: {
              obj.opened = Opened.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.opened
              })
              break
            }
            case 5: {
              obj.rows = Rows.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rows
              })
              break
            }
            case 6: {
              obj.rest = Rest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rest
              })
              break
            }
            case 7: {
              obj.close = Close.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.close
              })
              break
            }
            case 8: {
              obj.fault = Fault.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fault
              })
              break
            }
            case 9: {
              obj.listen = Listen.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.listen
              })
              break
            }
            case 10: {
              obj.listening = Listening.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.listening
              })
              break
            }
            case 11: {
              obj.replay = Replay.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.replay
              })
              break
            }
            case 12: {
              obj.severed = Severed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.severed
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.severed != null) {
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.replay != null) {
          delete obj.severed
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.listening != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.listen != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.fault != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.close != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.rest
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.rest != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rows
          delete obj.opened
          delete obj.open
        }

        if (obj.rows != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.opened
          delete obj.open
        }

        if (obj.opened != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.open
        }

        if (obj.open != null) {
          delete obj.severed
          delete obj.replay
          delete obj.listening
          delete obj.listen
          delete obj.fault
          delete obj.close
          delete obj.rest
          delete obj.rows
          delete obj.opened
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.session`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.hop`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield * Open.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                limits: opts.limits?.open
              })

              break
            }
            case 4: {
              yield * Opened.codec().stream(reader, reader.uint32(), `${prefix}.opened`, {
                limits: opts.limits?.opened
              })

              break
            }
            case 5: {
              yield * Rows.codec().stream(reader, reader.uint32(), `${prefix}.rows`, {
                limits: opts.limits?.rows
              })

              break
            }
            case 6: {
              yield * Rest.codec().stream(reader, reader.uint32(), `${prefix}.rest`, {
                limits: opts.limits?.rest
              })

              break
            }
            case 7: {
              yield * Close.codec().stream(reader, reader.uint32(), `${prefix}.close`, {
                limits: opts.limits?.close
              })

              break
            }
            case 8: {
              yield * Fault.codec().stream(reader, reader.uint32(), `${prefix}.fault`, {
                limits: opts.limits?.fault
              })

              break
            }
            case 9: {
              yield * Listen.codec().stream(reader, reader.uint32(), `${prefix}.listen`, {
                limits: opts.limits?.listen
              })

              break
            }
            case 10: {
              yield * Listening.codec().stream(reader, reader.uint32(), `${prefix}.listening`, {
                limits: opts.limits?.listening
              })

              break
            }
            case 11: {
              yield * Replay.codec().stream(reader, reader.uint32(), `${prefix}.replay`, {
                limits: opts.limits?.replay
              })

              break
            }
            case 12: {
              yield * Severed.codec().stream(reader, reader.uint32(), `${prefix}.severed`, {
                limits: opts.limits?.severed
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

  export interface FrameSessionFieldEvent {
    field: '$.session'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FrameHopFieldEvent {
    field: '$.hop'
    value: number
  }

  export interface FrameOpenModelFieldEvent {
    field: '$.open.model'
    value: string
  }

  export interface FrameOpenFirstFieldEvent {
    field: '$.open.first'
    value: number
  }

  export interface FrameOpenLastFieldEvent {
    field: '$.open.last'
    value: number
  }

  export interface FrameOpenCapacityFieldEvent {
    field: '$.open.capacity'
    value: number
  }

  export interface FrameOpenPreviousFieldEvent {
    field: '$.open.previous'
    value: string
  }

  export interface FrameOpenNextFieldEvent {
    field: '$.open.next'
    value: string
  }

  export interface FrameOpenFinalFieldEvent {
    field: '$.open.final'
    value: boolean
  }

  export interface FrameRowsPositionFieldEvent {
    field: '$.rows.position'
    value: number
  }

  export interface FrameRowsCountFieldEvent {
    field: '$.rows.count'
    value: number
  }

  export interface FrameRowsBytesFieldEvent {
    field: '$.rows.bytes'
    value: number
  }

  export interface FrameRowsOffsetFieldEvent {
    field: '$.rows.offset'
    value: number
  }

  export interface FrameRowsPartFieldEvent {
    field: '$.rows.part'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FrameRowsShiftFieldEvent {
    field: '$.rows.shift'
    value: number
  }

  export interface FrameRowsStepFieldEvent {
    field: '$.rows.step'
    value: number
  }

  export interface FrameRowsAllFieldEvent {
    field: '$.rows.all'
    value: boolean
  }

  export interface FrameRowsUntilFieldEvent {
    field: '$.rows.until'
    value: number
  }

  export interface FrameRestLengthFieldEvent {
    field: '$.rest.length'
    value: number
  }

  export interface FrameFaultKindFieldEvent {
    field: '$.fault.kind'
    value: string
  }

  export interface FrameFaultReasonFieldEvent {
    field: '$.fault.reason'
    value: string
  }

  export interface FrameFaultMissingFieldEvent {
    field: '$.fault.missing'
    value: string
  }

  export interface FrameListenPreviousFieldEvent {
    field: '$.listen.previous'
    value: string
  }

  export interface FrameListeningPreviousFieldEvent {
    field: '$.listening.previous'
    value: string
  }

  export interface FrameListeningStepFieldEvent {
    field: '$.listening.step'
    value: number
  }

  export interface FrameReplayNextFieldEvent {
    field: '$.replay.next'
    value: string
  }

  export interface FrameReplayHadFieldEvent {
    field: '$.replay.had'
    value: number
  }

  export interface FrameReplayUntilFieldEvent {
    field: '$.replay.until'
    value: number
  }

  export interface FrameSeveredPeerFieldEvent {
    field: '$.severed.peer'
    value: string
  }

  export function encode (obj: Partial<Frame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Frame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Frame {
    return decodeMessage(buf, Frame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Generator<FrameSessionFieldEvent | FrameHopFieldEvent | FrameOpenModelFieldEvent | FrameOpenFirstFieldEvent | FrameOpenLastFieldEvent | FrameOpenCapacityFieldEvent | FrameOpenPreviousFieldEvent | FrameOpenNextFieldEvent | FrameOpenFinalFieldEvent | FrameRowsPositionFieldEvent | FrameRowsCountFieldEvent | FrameRowsBytesFieldEvent | FrameRowsOffsetFieldEvent | FrameRowsPartFieldEvent | FrameRowsShiftFieldEvent | FrameRowsStepFieldEvent | FrameRowsAllFieldEvent | FrameRowsUntilFieldEvent | FrameRestLengthFieldEvent | FrameFaultKindFieldEvent | FrameFaultReasonFieldEvent | FrameFaultMissingFieldEvent | FrameListenPreviousFieldEvent | FrameListeningPreviousFieldEvent | FrameListeningStepFieldEvent | FrameReplayNextFieldEvent | FrameReplayHadFieldEvent | FrameReplayUntilFieldEvent | FrameSeveredPeerFieldEvent> {
    return streamMessage(buf, Frame.codec(), opts)
  }
}

export interface Open {
  model: string
  first: number
  last: number
  capacity: number
  previous: string
  next: string
  final: boolean
}

export namespace Open {
  let _codec: Codec<Open>

  export const codec = (): Codec<Open> => {
    if (_codec == null) {
      _codec = message<Open>((obj, w, opts = {}) => {
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

        if ((obj.capacity != null && obj.capacity !== 0)) {
          w.uint32(32)
          w.uint32(obj.capacity)
        }

        if ((obj.previous != null && obj.previous !== '')) {
          w.uint32(42)
          w.string(obj.previous)
        }

        if ((obj.next != null && obj.next !== '')) {
          w.uint32(50)
          w.string(obj.next)
        }

        if ((obj.final != null && obj.final !== false)) {
          w.uint32(56)
          w.bool(obj.final)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          first: 0,
          last: 0,
          capacity: 0,
          previous: '',
          next: '',
          final: false
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
            case 4: {
              obj.capacity = reader.uint32()
              break
            }
            case 5: {
              obj.previous = reader.string()
              break
            }
            case 6: {
              obj.next = reader.string()
              break
            }
            case 7: {
              obj.final = reader.bool()
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
            case 4: {
              yield {
                field: `${prefix}.capacity`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.previous`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.next`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.final`,
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

  export interface OpenModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface OpenFirstFieldEvent {
    field: '$.first'
    value: number
  }

  export interface OpenLastFieldEvent {
    field: '$.last'
    value: number
  }

  export interface OpenCapacityFieldEvent {
    field: '$.capacity'
    value: number
  }

  export interface OpenPreviousFieldEvent {
    field: '$.previous'
    value: string
  }

  export interface OpenNextFieldEvent {
    field: '$.next'
    value: string
  }

  export interface OpenFinalFieldEvent {
    field: '$.final'
    value: boolean
  }

  export function encode (obj: Partial<Open>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Open.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Open>): Open {
    return decodeMessage(buf, Open.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Open>): Generator<OpenModelFieldEvent | OpenFirstFieldEvent | OpenLastFieldEvent | OpenCapacityFieldEvent | OpenPreviousFieldEvent | OpenNextFieldEvent | OpenFinalFieldEvent> {
    return streamMessage(buf, Open.codec(), opts)
  }
}

export interface Opened {}

export namespace Opened {
  let _codec: Codec<Opened>

  export const codec = (): Codec<Opened> => {
    if (_codec == null) {
      _codec = message<Opened>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<Opened>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Opened.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Opened>): Opened {
    return decodeMessage(buf, Opened.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Opened>): Generator<{}> {
    return streamMessage(buf, Opened.codec(), opts)
  }
}

export interface Rows {
  position: number
  count: number
  bytes: number
  offset: number
  part: Uint8Array<ArrayBuffer>
  shift: number
  step: number
  all: boolean
  until: number
}

export namespace Rows {
  let _codec: Codec<Rows>

  export const codec = (): Codec<Rows> => {
    if (_codec == null) {
      _codec = message<Rows>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.position != null && obj.position !== 0)) {
          w.uint32(8)
          w.uint32(obj.position)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint32(obj.count)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(24)
          w.uint32(obj.bytes)
        }

        if ((obj.offset != null && obj.offset !== 0)) {
          w.uint32(32)
          w.uint32(obj.offset)
        }

        if ((obj.part != null && obj.part.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.part)
        }

        if ((obj.shift != null && obj.shift !== 0)) {
          w.uint32(48)
          w.uint32(obj.shift)
        }

        if ((obj.step != null && obj.step !== 0)) {
          w.uint32(56)
          w.uint32(obj.step)
        }

        if ((obj.all != null && obj.all !== false)) {
          w.uint32(64)
          w.bool(obj.all)
        }

        if ((obj.until != null && obj.until !== 0)) {
          w.uint32(72)
          w.uint32(obj.until)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          position: 0,
          count: 0,
          bytes: 0,
          offset: 0,
          part: uint8ArrayAlloc(0),
          shift: 0,
          step: 0,
          all: false,
          until: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.position = reader.uint32()
              break
            }
            case 2: {
              obj.count = reader.uint32()
              break
            }
            case 3: {
              obj.bytes = reader.uint32()
              break
            }
            case 4: {
              obj.offset = reader.uint32()
              break
            }
            case 5: {
              obj.part = reader.bytes()
              break
            }
            case 6: {
              obj.shift = reader.uint32()
              break
            }
            case 7: {
              obj.step = reader.uint32()
              break
            }
            case 8: {
              obj.all = reader.bool()
              break
            }
            case 9: {
              obj.until = reader.uint32()
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
                field: `${prefix}.position`,
                value: reader.uint32()
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
                field: `${prefix}.bytes`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.offset`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.part`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.shift`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.step`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.all`,
                value: reader.bool()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.until`,
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

  export interface RowsPositionFieldEvent {
    field: '$.position'
    value: number
  }

  export interface RowsCountFieldEvent {
    field: '$.count'
    value: number
  }

  export interface RowsBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface RowsOffsetFieldEvent {
    field: '$.offset'
    value: number
  }

  export interface RowsPartFieldEvent {
    field: '$.part'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RowsShiftFieldEvent {
    field: '$.shift'
    value: number
  }

  export interface RowsStepFieldEvent {
    field: '$.step'
    value: number
  }

  export interface RowsAllFieldEvent {
    field: '$.all'
    value: boolean
  }

  export interface RowsUntilFieldEvent {
    field: '$.until'
    value: number
  }

  export function encode (obj: Partial<Rows>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Rows.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rows>): Rows {
    return decodeMessage(buf, Rows.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rows>): Generator<RowsPositionFieldEvent | RowsCountFieldEvent | RowsBytesFieldEvent | RowsOffsetFieldEvent | RowsPartFieldEvent | RowsShiftFieldEvent | RowsStepFieldEvent | RowsAllFieldEvent | RowsUntilFieldEvent> {
    return streamMessage(buf, Rows.codec(), opts)
  }
}

export interface Rest {
  length: number
}

export namespace Rest {
  let _codec: Codec<Rest>

  export const codec = (): Codec<Rest> => {
    if (_codec == null) {
      _codec = message<Rest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.length != null && obj.length !== 0)) {
          w.uint32(8)
          w.uint32(obj.length)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          length: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.length = reader.uint32()
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
                field: `${prefix}.length`,
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

  export interface RestLengthFieldEvent {
    field: '$.length'
    value: number
  }

  export function encode (obj: Partial<Rest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Rest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rest>): Rest {
    return decodeMessage(buf, Rest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rest>): Generator<RestLengthFieldEvent> {
    return streamMessage(buf, Rest.codec(), opts)
  }
}

export interface Close {}

export namespace Close {
  let _codec: Codec<Close>

  export const codec = (): Codec<Close> => {
    if (_codec == null) {
      _codec = message<Close>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<Close>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Close.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Close>): Close {
    return decodeMessage(buf, Close.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Close>): Generator<{}> {
    return streamMessage(buf, Close.codec(), opts)
  }
}

export interface Fault {
  kind: string
  reason: string
  missing: string
}

export namespace Fault {
  let _codec: Codec<Fault>

  export const codec = (): Codec<Fault> => {
    if (_codec == null) {
      _codec = message<Fault>((obj, w, opts = {}) => {
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

        if ((obj.missing != null && obj.missing !== '')) {
          w.uint32(26)
          w.string(obj.missing)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: '',
          reason: '',
          missing: ''
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
            case 3: {
              obj.missing = reader.string()
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
            case 3: {
              yield {
                field: `${prefix}.missing`,
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

  export interface FaultKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface FaultReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface FaultMissingFieldEvent {
    field: '$.missing'
    value: string
  }

  export function encode (obj: Partial<Fault>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Fault.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fault>): Fault {
    return decodeMessage(buf, Fault.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fault>): Generator<FaultKindFieldEvent | FaultReasonFieldEvent | FaultMissingFieldEvent> {
    return streamMessage(buf, Fault.codec(), opts)
  }
}

export interface Listen {
  previous: string
}

export namespace Listen {
  let _codec: Codec<Listen>

  export const codec = (): Codec<Listen> => {
    if (_codec == null) {
      _codec = message<Listen>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.previous != null && obj.previous !== '')) {
          w.uint32(10)
          w.string(obj.previous)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          previous: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.previous = reader.string()
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
                field: `${prefix}.previous`,
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

  export interface ListenPreviousFieldEvent {
    field: '$.previous'
    value: string
  }

  export function encode (obj: Partial<Listen>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Listen.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Listen>): Listen {
    return decodeMessage(buf, Listen.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Listen>): Generator<ListenPreviousFieldEvent> {
    return streamMessage(buf, Listen.codec(), opts)
  }
}

export interface Listening {
  previous: string
  step: number
}

export namespace Listening {
  let _codec: Codec<Listening>

  export const codec = (): Codec<Listening> => {
    if (_codec == null) {
      _codec = message<Listening>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.previous != null && obj.previous !== '')) {
          w.uint32(10)
          w.string(obj.previous)
        }

        if ((obj.step != null && obj.step !== 0)) {
          w.uint32(16)
          w.uint32(obj.step)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          previous: '',
          step: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.previous = reader.string()
              break
            }
            case 2: {
              obj.step = reader.uint32()
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
                field: `${prefix}.previous`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.step`,
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

  export interface ListeningPreviousFieldEvent {
    field: '$.previous'
    value: string
  }

  export interface ListeningStepFieldEvent {
    field: '$.step'
    value: number
  }

  export function encode (obj: Partial<Listening>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Listening.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Listening>): Listening {
    return decodeMessage(buf, Listening.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Listening>): Generator<ListeningPreviousFieldEvent | ListeningStepFieldEvent> {
    return streamMessage(buf, Listening.codec(), opts)
  }
}

export interface Replay {
  next: string
  had: number
  until: number
}

export namespace Replay {
  let _codec: Codec<Replay>

  export const codec = (): Codec<Replay> => {
    if (_codec == null) {
      _codec = message<Replay>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.next != null && obj.next !== '')) {
          w.uint32(10)
          w.string(obj.next)
        }

        if ((obj.had != null && obj.had !== 0)) {
          w.uint32(16)
          w.uint32(obj.had)
        }

        if ((obj.until != null && obj.until !== 0)) {
          w.uint32(24)
          w.uint32(obj.until)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          next: '',
          had: 0,
          until: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.next = reader.string()
              break
            }
            case 2: {
              obj.had = reader.uint32()
              break
            }
            case 3: {
              obj.until = reader.uint32()
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
                field: `${prefix}.next`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.had`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.until`,
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

  export interface ReplayNextFieldEvent {
    field: '$.next'
    value: string
  }

  export interface ReplayHadFieldEvent {
    field: '$.had'
    value: number
  }

  export interface ReplayUntilFieldEvent {
    field: '$.until'
    value: number
  }

  export function encode (obj: Partial<Replay>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Replay.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replay>): Replay {
    return decodeMessage(buf, Replay.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replay>): Generator<ReplayNextFieldEvent | ReplayHadFieldEvent | ReplayUntilFieldEvent> {
    return streamMessage(buf, Replay.codec(), opts)
  }
}

export interface Severed {
  peer: string
}

export namespace Severed {
  let _codec: Codec<Severed>

  export const codec = (): Codec<Severed> => {
    if (_codec == null) {
      _codec = message<Severed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer !== '')) {
          w.uint32(10)
          w.string(obj.peer)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.string()
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

  export interface SeveredPeerFieldEvent {
    field: '$.peer'
    value: string
  }

  export function encode (obj: Partial<Severed>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Severed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Severed>): Severed {
    return decodeMessage(buf, Severed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Severed>): Generator<SeveredPeerFieldEvent> {
    return streamMessage(buf, Severed.codec(), opts)
  }
}
