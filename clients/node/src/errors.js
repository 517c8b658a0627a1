// Generated from the declarations by `python -m deploy.catalogue`: change those, not this file.

/** An error that a service answered, or that the client found itself. */
export class WarmError extends Error {
  /** @type {"no" | "same_id" | "later"} whether trying again helps: not as it is; with the same
   * `command_id`; later, when what `data` names is over */
  tryAgain = "no";

  /**
   * @param {any} [data] details as JSON
   * @param {string} [commandId] that of the command, to repeat it
   */
  constructor(data = {}, commandId = undefined) {
    super(JSON.stringify(data));
    this.name = new.target.name;
    this.data = data;
    this.commandId = commandId;
  }
}

/** An error without a type of its own: `name` is that of the service's. */
export class RemoteError extends WarmError {
  /** @param {string} name @param {any} data */
  constructor(name, data) {
    super(data);
    this.name = name;
  }
}

/**
 * The arguments are invalid: `data` maps each field to its messages. Nothing was stored.
 */
export class ValidationFailed extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "no";
}

/**
 * A value is possible and unlikely: `data` maps each field to the rules that it breaks, each
 * with its code in `rule` and its words in `zh` and `en`. Nothing was stored and the
 * command's id is not used up: correct the value, or repeat the command with
 * `confirm_unlikely`.
 */
export class NeedsConfirmation extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "no";
}

/**
 * The requested object doesn't exist: `data` has its kind and id.
 */
export class NotFound extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "no";
}

/**
 * The command doesn't fit the present state, or its id was used for another command.
 */
export class Conflict extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "no";
}

/**
 * The actor may not do this: `data` names the rule that forbids it.
 */
export class Forbidden extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "no";
}

/**
 * No answer in time. For a command, `carried_out` in `data` is "no" (this request wasn't and
 * won't be carried out) or "unknown"; `ask` then names the method that says whether it was.
 * To have it carried out once, repeat it with the same id.
 */
export class DeadlineExceeded extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "same_id";
}

/**
 * The service takes no commands now: `data` has the code of the problem (docs/operations.md),
 * and what ends it. Nothing was done.
 */
export class Unavailable extends WarmError {
  /** @type {"no" | "same_id" | "later"} */
  tryAgain = "later";
}

/** @type {Readonly<Record<string, new (...given: any[]) => WarmError>>} */
export const TYPED = {
  ValidationFailed,
  NeedsConfirmation,
  NotFound,
  Conflict,
  Forbidden,
  DeadlineExceeded,
  Unavailable,
};
