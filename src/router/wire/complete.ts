// @ts-nocheck
// Made by `npm run proto` from src/router/wire/complete.proto.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface CompleteMessage {
  ask?: Ask
  piece?: Piece
  route?: Route
  text?: Text
  toolCall?: ToolCall
  toolArguments?: ToolArguments
  bill?: Bill
  end?: End
  failure?: Failure
  greet?: Greet
  terms?: Terms
}

export namespace CompleteMessage {
  let _codec: Codec<CompleteMessage>

  export const codec = (): Codec<CompleteMessage> => {
    if (_codec == null) {
      _codec = message<CompleteMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.terms != null) {
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.greet != null) {
          obj.terms = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.failure != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.end != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.bill != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.toolArguments != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.toolCall != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.text != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.route = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.route != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.piece = undefined
          obj.ask = undefined
        }

        if (obj.piece != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.ask = undefined
        }

        if (obj.ask != null) {
          obj.terms = undefined
          obj.greet = undefined
          obj.failure = undefined
          obj.end = undefined
          obj.bill = undefined
          obj.toolArguments = undefined
          obj.toolCall = undefined
          obj.text = undefined
          obj.route = undefined
          obj.piece = undefined
        }

        if (obj.ask != null) {
          w.uint32(10)
          Ask.codec().encode(obj.ask, w)
        }

        if (obj.piece != null) {
          w.uint32(18)
          Piece.codec().encode(obj.piece, w)
        }

        if (obj.route != null) {
          w.uint32(26)
          Route.codec().encode(obj.route, w)
        }

        if (obj.text != null) {
          w.uint32(34)
          Text.codec().encode(obj.text, w)
        }

        if (obj.toolCall != null) {
          w.uint32(42)
          ToolCall.codec().encode(obj.toolCall, w)
        }

        if (obj.toolArguments != null) {
          w.uint32(50)
          ToolArguments.codec().encode(obj.toolArguments, w)
        }

        if (obj.bill != null) {
          w.uint32(58)
          Bill.codec().encode(obj.bill, w)
        }

        if (obj.end != null) {
          w.uint32(66)
          End.codec().encode(obj.end, w)
        }

        if (obj.failure != null) {
          w.uint32(74)
          Failure.codec().encode(obj.failure, w)
        }

        if (obj.greet != null) {
          w.uint32(82)
          Greet.codec().encode(obj.greet, w)
        }

        if (obj.terms != null) {
          w.uint32(90)
          Terms.codec().encode(obj.terms, w)
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
              obj.ask = Ask.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ask
              })
              break
            }
            case 2: {
              obj.piece = Piece.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 3: {
              obj.route = Route.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.route
              })
              break
            }
            case 4: {
              obj.text = Text.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.text
              })
              break
            }
            case 5: {
              obj.toolCall = ToolCall.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.toolCall
              })
              break
            }
            case 6: {
              obj.toolArguments = ToolArguments.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.toolArguments
              })
              break
            }
            case 7: {
              obj.bill = Bill.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.bill
              })
              break
            }
            case 8: {
              obj.end = End.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.end
              })
              break
            }
            case 9: {
              obj.failure = Failure.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.failure
              })
              break
            }
            case 10: {
              obj.greet = Greet.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.greet
              })
              break
            }
            case 11: {
              obj.terms = Terms.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.terms
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.terms != null) {
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.greet != null) {
          delete obj.terms
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.failure != null) {
          delete obj.terms
          delete obj.greet
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.end != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.bill != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.toolArguments != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.toolCall != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.text
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.text != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.route
          delete obj.piece
          delete obj.ask
        }

        if (obj.route != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.piece
          delete obj.ask
        }

        if (obj.piece != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.ask
        }

        if (obj.ask != null) {
          delete obj.terms
          delete obj.greet
          delete obj.failure
          delete obj.end
          delete obj.bill
          delete obj.toolArguments
          delete obj.toolCall
          delete obj.text
          delete obj.route
          delete obj.piece
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Ask.codec().stream(reader, reader.uint32(), `${prefix}.ask`, {
                limits: opts.limits?.ask
              })

              break
            }
            case 2: {
              yield * Piece.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                limits: opts.limits?.piece
              })

              break
            }
            case 3: {
              yield * Route.codec().stream(reader, reader.uint32(), `${prefix}.route`, {
                limits: opts.limits?.route
              })

              break
            }
            case 4: {
              yield * Text.codec().stream(reader, reader.uint32(), `${prefix}.text`, {
                limits: opts.limits?.text
              })

              break
            }
            case 5: {
              yield * ToolCall.codec().stream(reader, reader.uint32(), `${prefix}.toolCall`, {
                limits: opts.limits?.toolCall
              })

              break
            }
            case 6: {
              yield * ToolArguments.codec().stream(reader, reader.uint32(), `${prefix}.toolArguments`, {
                limits: opts.limits?.toolArguments
              })

              break
            }
            case 7: {
              yield * Bill.codec().stream(reader, reader.uint32(), `${prefix}.bill`, {
                limits: opts.limits?.bill
              })

              break
            }
            case 8: {
              yield * End.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                limits: opts.limits?.end
              })

              break
            }
            case 9: {
              yield * Failure.codec().stream(reader, reader.uint32(), `${prefix}.failure`, {
                limits: opts.limits?.failure
              })

              break
            }
            case 10: {
              yield * Greet.codec().stream(reader, reader.uint32(), `${prefix}.greet`, {
                limits: opts.limits?.greet
              })

              break
            }
            case 11: {
              yield * Terms.codec().stream(reader, reader.uint32(), `${prefix}.terms`, {
                limits: opts.limits?.terms
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

  export interface CompleteMessageAskIdFieldEvent {
    field: '$.ask.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessageAskFromFieldEvent {
    field: '$.ask.from'
    value: string
  }

  export interface CompleteMessageAskTotalFieldEvent {
    field: '$.ask.total'
    value: number
  }

  export interface CompleteMessageAskPassPodFieldEvent {
    field: '$.ask.pass.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessageAskPassStatementFieldEvent {
    field: '$.ask.pass.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessagePieceBytesFieldEvent {
    field: '$.piece.bytes'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessageRouteProviderFieldEvent {
    field: '$.route.provider'
    value: string
  }

  export interface CompleteMessageTextTextFieldEvent {
    field: '$.text.text'
    value: string
  }

  export interface CompleteMessageToolCallIndexFieldEvent {
    field: '$.toolCall.index'
    value: number
  }

  export interface CompleteMessageToolCallIdFieldEvent {
    field: '$.toolCall.id'
    value: string
  }

  export interface CompleteMessageToolCallNameFieldEvent {
    field: '$.toolCall.name'
    value: string
  }

  export interface CompleteMessageToolArgumentsIndexFieldEvent {
    field: '$.toolArguments.index'
    value: number
  }

  export interface CompleteMessageToolArgumentsTextFieldEvent {
    field: '$.toolArguments.text'
    value: string
  }

  export interface CompleteMessageBillCostFieldEvent {
    field: '$.bill.cost'
    value: number
  }

  export interface CompleteMessageBillSpentFieldEvent {
    field: '$.bill.spent'
    value: number
  }

  export interface CompleteMessageEndReasonFieldEvent {
    field: '$.end.reason'
    value: string
  }

  export interface CompleteMessageEndPromptTokensFieldEvent {
    field: '$.end.promptTokens'
    value: number
  }

  export interface CompleteMessageEndCachedTokensFieldEvent {
    field: '$.end.cachedTokens'
    value: number
  }

  export interface CompleteMessageEndCompletionTokensFieldEvent {
    field: '$.end.completionTokens'
    value: number
  }

  export interface CompleteMessageFailureKindFieldEvent {
    field: '$.failure.kind'
    value: string
  }

  export interface CompleteMessageFailureReasonFieldEvent {
    field: '$.failure.reason'
    value: string
  }

  export interface CompleteMessageFailureRetryAfterMsFieldEvent {
    field: '$.failure.retryAfterMs'
    value: number
  }

  export interface CompleteMessageGreetPassPodFieldEvent {
    field: '$.greet.pass.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessageGreetPassStatementFieldEvent {
    field: '$.greet.pass.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CompleteMessageTermsModelsFieldEvent {
    field: '$.terms.models[]'
    index: number
    value: string
  }

  export interface CompleteMessageTermsContactsPeerFieldEvent {
    field: '$.terms.contacts[].peer'
    value: string
    index: number
  }

  export interface CompleteMessageTermsContactsAddressesFieldEvent {
    field: '$.terms.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<CompleteMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, CompleteMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompleteMessage>): CompleteMessage {
    return decodeMessage(buf, CompleteMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CompleteMessage>): Generator<CompleteMessageAskIdFieldEvent | CompleteMessageAskFromFieldEvent | CompleteMessageAskTotalFieldEvent | CompleteMessageAskPassPodFieldEvent | CompleteMessageAskPassStatementFieldEvent | CompleteMessagePieceBytesFieldEvent | CompleteMessageRouteProviderFieldEvent | CompleteMessageTextTextFieldEvent | CompleteMessageToolCallIndexFieldEvent | CompleteMessageToolCallIdFieldEvent | CompleteMessageToolCallNameFieldEvent | CompleteMessageToolArgumentsIndexFieldEvent | CompleteMessageToolArgumentsTextFieldEvent | CompleteMessageBillCostFieldEvent | CompleteMessageBillSpentFieldEvent | CompleteMessageEndReasonFieldEvent | CompleteMessageEndPromptTokensFieldEvent | CompleteMessageEndCachedTokensFieldEvent | CompleteMessageEndCompletionTokensFieldEvent | CompleteMessageFailureKindFieldEvent | CompleteMessageFailureReasonFieldEvent | CompleteMessageFailureRetryAfterMsFieldEvent | CompleteMessageGreetPassPodFieldEvent | CompleteMessageGreetPassStatementFieldEvent | CompleteMessageTermsModelsFieldEvent | CompleteMessageTermsContactsPeerFieldEvent | CompleteMessageTermsContactsAddressesFieldEvent> {
    return streamMessage(buf, CompleteMessage.codec(), opts)
  }
}

export interface Ask {
  id: Uint8Array<ArrayBuffer>
  from: string
  total: number
  pass?: Pass
}

export namespace Ask {
  let _codec: Codec<Ask>

  export const codec = (): Codec<Ask> => {
    if (_codec == null) {
      _codec = message<Ask>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(18)
          w.string(obj.from)
        }

        if ((obj.total != null && obj.total !== 0)) {
          w.uint32(24)
          w.uint32(obj.total)
        }

        if (obj.pass != null) {
          w.uint32(34)
          Pass.codec().encode(obj.pass, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          from: '',
          total: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.from = reader.string()
              break
            }
            case 3: {
              obj.total = reader.uint32()
              break
            }
            case 4: {
              obj.pass = Pass.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pass
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
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.total`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield * Pass.codec().stream(reader, reader.uint32(), `${prefix}.pass`, {
                limits: opts.limits?.pass
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

  export interface AskIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AskFromFieldEvent {
    field: '$.from'
    value: string
  }

  export interface AskTotalFieldEvent {
    field: '$.total'
    value: number
  }

  export interface AskPassPodFieldEvent {
    field: '$.pass.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AskPassStatementFieldEvent {
    field: '$.pass.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Ask>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ask.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Ask {
    return decodeMessage(buf, Ask.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Generator<AskIdFieldEvent | AskFromFieldEvent | AskTotalFieldEvent | AskPassPodFieldEvent | AskPassStatementFieldEvent> {
    return streamMessage(buf, Ask.codec(), opts)
  }
}

export interface Pass {
  pod: Uint8Array<ArrayBuffer>
  statement: Uint8Array<ArrayBuffer>
}

export namespace Pass {
  let _codec: Codec<Pass>

  export const codec = (): Codec<Pass> => {
    if (_codec == null) {
      _codec = message<Pass>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.pod != null && obj.pod.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.pod)
        }

        if ((obj.statement != null && obj.statement.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.statement)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          pod: uint8ArrayAlloc(0),
          statement: uint8ArrayAlloc(0)
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
                field: `${prefix}.pod`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
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

  export interface PassPodFieldEvent {
    field: '$.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PassStatementFieldEvent {
    field: '$.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Pass>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Pass.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pass>): Pass {
    return decodeMessage(buf, Pass.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pass>): Generator<PassPodFieldEvent | PassStatementFieldEvent> {
    return streamMessage(buf, Pass.codec(), opts)
  }
}

export interface Piece {
  bytes: Uint8Array<ArrayBuffer>
}

export namespace Piece {
  let _codec: Codec<Piece>

  export const codec = (): Codec<Piece> => {
    if (_codec == null) {
      _codec = message<Piece>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.bytes != null && obj.bytes.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.bytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          bytes: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.bytes = reader.bytes()
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
                field: `${prefix}.bytes`,
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

  export interface PieceBytesFieldEvent {
    field: '$.bytes'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Piece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Piece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Piece {
    return decodeMessage(buf, Piece.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Generator<PieceBytesFieldEvent> {
    return streamMessage(buf, Piece.codec(), opts)
  }
}

export interface Route {
  provider: string
}

export namespace Route {
  let _codec: Codec<Route>

  export const codec = (): Codec<Route> => {
    if (_codec == null) {
      _codec = message<Route>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.provider != null && obj.provider !== '')) {
          w.uint32(10)
          w.string(obj.provider)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          provider: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.provider = reader.string()
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
                field: `${prefix}.provider`,
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

  export interface RouteProviderFieldEvent {
    field: '$.provider'
    value: string
  }

  export function encode (obj: Partial<Route>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Route.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Route>): Route {
    return decodeMessage(buf, Route.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Route>): Generator<RouteProviderFieldEvent> {
    return streamMessage(buf, Route.codec(), opts)
  }
}

export interface Text {
  text: string
}

export namespace Text {
  let _codec: Codec<Text>

  export const codec = (): Codec<Text> => {
    if (_codec == null) {
      _codec = message<Text>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(10)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.text = reader.string()
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
                field: `${prefix}.text`,
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

  export interface TextTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<Text>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Text.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Text {
    return decodeMessage(buf, Text.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Generator<TextTextFieldEvent> {
    return streamMessage(buf, Text.codec(), opts)
  }
}

export interface ToolCall {
  index: number
  id: string
  name: string
}

export namespace ToolCall {
  let _codec: Codec<ToolCall>

  export const codec = (): Codec<ToolCall> => {
    if (_codec == null) {
      _codec = message<ToolCall>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint32(obj.index)
        }

        if ((obj.id != null && obj.id !== '')) {
          w.uint32(18)
          w.string(obj.id)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(26)
          w.string(obj.name)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          id: '',
          name: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint32()
              break
            }
            case 2: {
              obj.id = reader.string()
              break
            }
            case 3: {
              obj.name = reader.string()
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
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.id`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.name`,
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

  export interface ToolCallIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface ToolCallIdFieldEvent {
    field: '$.id'
    value: string
  }

  export interface ToolCallNameFieldEvent {
    field: '$.name'
    value: string
  }

  export function encode (obj: Partial<ToolCall>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ToolCall.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToolCall>): ToolCall {
    return decodeMessage(buf, ToolCall.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToolCall>): Generator<ToolCallIndexFieldEvent | ToolCallIdFieldEvent | ToolCallNameFieldEvent> {
    return streamMessage(buf, ToolCall.codec(), opts)
  }
}

export interface ToolArguments {
  index: number
  text: string
}

export namespace ToolArguments {
  let _codec: Codec<ToolArguments>

  export const codec = (): Codec<ToolArguments> => {
    if (_codec == null) {
      _codec = message<ToolArguments>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint32(obj.index)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint32()
              break
            }
            case 2: {
              obj.text = reader.string()
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
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.text`,
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

  export interface ToolArgumentsIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface ToolArgumentsTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<ToolArguments>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ToolArguments.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToolArguments>): ToolArguments {
    return decodeMessage(buf, ToolArguments.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToolArguments>): Generator<ToolArgumentsIndexFieldEvent | ToolArgumentsTextFieldEvent> {
    return streamMessage(buf, ToolArguments.codec(), opts)
  }
}

export interface Bill {
  cost: number
  spent: number
}

export namespace Bill {
  let _codec: Codec<Bill>

  export const codec = (): Codec<Bill> => {
    if (_codec == null) {
      _codec = message<Bill>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.cost != null && obj.cost !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.cost)
        }

        if ((obj.spent != null && obj.spent !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.spent)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          cost: 0,
          spent: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.cost = reader.uint64Number()
              break
            }
            case 2: {
              obj.spent = reader.uint64Number()
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
                field: `${prefix}.cost`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.spent`,
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

  export interface BillCostFieldEvent {
    field: '$.cost'
    value: number
  }

  export interface BillSpentFieldEvent {
    field: '$.spent'
    value: number
  }

  export function encode (obj: Partial<Bill>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Bill.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Bill>): Bill {
    return decodeMessage(buf, Bill.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Bill>): Generator<BillCostFieldEvent | BillSpentFieldEvent> {
    return streamMessage(buf, Bill.codec(), opts)
  }
}

export interface End {
  reason: string
  promptTokens: number
  cachedTokens: number
  completionTokens: number
}

export namespace End {
  let _codec: Codec<End>

  export const codec = (): Codec<End> => {
    if (_codec == null) {
      _codec = message<End>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if ((obj.promptTokens != null && obj.promptTokens !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.promptTokens)
        }

        if ((obj.cachedTokens != null && obj.cachedTokens !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.cachedTokens)
        }

        if ((obj.completionTokens != null && obj.completionTokens !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.completionTokens)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: '',
          promptTokens: 0,
          cachedTokens: 0,
          completionTokens: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = reader.string()
              break
            }
            case 2: {
              obj.promptTokens = reader.uint64Number()
              break
            }
            case 3: {
              obj.cachedTokens = reader.uint64Number()
              break
            }
            case 4: {
              obj.completionTokens = reader.uint64Number()
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
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.promptTokens`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.cachedTokens`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.completionTokens`,
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

  export interface EndReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface EndPromptTokensFieldEvent {
    field: '$.promptTokens'
    value: number
  }

  export interface EndCachedTokensFieldEvent {
    field: '$.cachedTokens'
    value: number
  }

  export interface EndCompletionTokensFieldEvent {
    field: '$.completionTokens'
    value: number
  }

  export function encode (obj: Partial<End>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, End.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<End>): End {
    return decodeMessage(buf, End.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<End>): Generator<EndReasonFieldEvent | EndPromptTokensFieldEvent | EndCachedTokensFieldEvent | EndCompletionTokensFieldEvent> {
    return streamMessage(buf, End.codec(), opts)
  }
}

export interface Failure {
  kind: string
  reason: string
  retryAfterMs: number
}

export namespace Failure {
  let _codec: Codec<Failure>

  export const codec = (): Codec<Failure> => {
    if (_codec == null) {
      _codec = message<Failure>((obj, w, opts = {}) => {
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

        if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.retryAfterMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: '',
          reason: '',
          retryAfterMs: 0
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
              obj.retryAfterMs = reader.uint64Number()
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
                field: `${prefix}.retryAfterMs`,
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

  export interface FailureKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface FailureReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface FailureRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: number
  }

  export function encode (obj: Partial<Failure>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Failure.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Failure>): Failure {
    return decodeMessage(buf, Failure.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Failure>): Generator<FailureKindFieldEvent | FailureReasonFieldEvent | FailureRetryAfterMsFieldEvent> {
    return streamMessage(buf, Failure.codec(), opts)
  }
}

export interface Greet {
  pass?: Pass
}

export namespace Greet {
  let _codec: Codec<Greet>

  export const codec = (): Codec<Greet> => {
    if (_codec == null) {
      _codec = message<Greet>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.pass != null) {
          w.uint32(10)
          Pass.codec().encode(obj.pass, w)
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
              obj.pass = Pass.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pass
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
              yield * Pass.codec().stream(reader, reader.uint32(), `${prefix}.pass`, {
                limits: opts.limits?.pass
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

  export interface GreetPassPodFieldEvent {
    field: '$.pass.pod'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GreetPassStatementFieldEvent {
    field: '$.pass.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Greet>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Greet.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Greet>): Greet {
    return decodeMessage(buf, Greet.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Greet>): Generator<GreetPassPodFieldEvent | GreetPassStatementFieldEvent> {
    return streamMessage(buf, Greet.codec(), opts)
  }
}

export interface Terms {
  models: string[]
  contacts: Contact[]
}

export namespace Terms {
  let _codec: Codec<Terms>

  export const codec = (): Codec<Terms> => {
    if (_codec == null) {
      _codec = message<Terms>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.models != null && obj.models.length > 0) {
          for (const value of obj.models) {
            w.uint32(10)
            w.string(value)
          }
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
          models: [],
          contacts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.models != null && obj.models.length === opts.limits.models) {
                throw new MaxLengthError('Decode error - repeated field "models" had too many elements')
              }

              obj.models.push(reader.string())
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
          models: 0,
          contacts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface TermsModelsFieldEvent {
    field: '$.models[]'
    index: number
    value: string
  }

  export interface TermsContactsPeerFieldEvent {
    field: '$.contacts[].peer'
    value: string
    index: number
  }

  export interface TermsContactsAddressesFieldEvent {
    field: '$.contacts[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Terms>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Terms.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Terms>): Terms {
    return decodeMessage(buf, Terms.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Terms>): Generator<TermsModelsFieldEvent | TermsContactsPeerFieldEvent | TermsContactsAddressesFieldEvent> {
    return streamMessage(buf, Terms.codec(), opts)
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
