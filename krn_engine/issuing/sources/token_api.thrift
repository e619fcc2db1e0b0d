/*
 * The part of an STS security module's TokenApi (version 1.1) that an office uses, written for this project.
 *
 * The names are those by which the interface is publicly described, and so are the numbers of MeterConfigIn and
 * MeterConfigAmendment. All other numbers, and all types, are this project's own: it knows of no public source for
 * them that it may use. At a real module the maker's own interface file counts: name it in the setting `interface`.
 */

exception ApiException {
  1: string eCode
  2: string eMsgEn
}

struct SessionOptions {
  1: string version
  2: string culture
}

struct SignInResult {
  1: string accessToken
}

struct MeterConfigIn {
  1: string drn
  2: i16 ea
  3: i16 tct
  10: string sgc
  11: i16 krn
  12: i16 ti
  21: bool allowKrnUpdate = true
  30: i16 ken
  32: bool allow3Kct = false
  33: bool allowKenUpdate = true
}

struct MeterConfigAmendment {
  1: string toSgc
  2: i16 toKrn
  3: i16 toTi
}

struct MeterConfigAdvice {
  1: string toSgc
  2: i16 toKrn
  3: i16 toTi
  4: i16 toKen
  5: bool rollover
}

struct Token {
  1: string tokenDec
  2: i16 tokenClass
  3: i16 subclass
  4: string sgc
  5: i16 krn
  6: i16 ti
  7: optional MeterConfigAdvice newConfig
}

service TokenApi {
  string ping(1: i32 sleepMs, 2: string echo)

  SignInResult signInWithPassword(
    1: string messageId, 2: string realm, 3: string username, 4: string password, 5: SessionOptions options
  ) throws (1: ApiException refused)

  list<Token> issueKeyChangeTokens(
    1: string messageId, 2: string accessToken, 3: MeterConfigIn meter, 4: MeterConfigAmendment amendment
  ) throws (1: ApiException refused)

  list<Token> fetchTokenResult(
    1: string messageId, 2: string accessToken, 3: string reqMessageId
  ) throws (1: ApiException refused)
}
