/** “Be someone”: choose a shopper whom the shop knows, make a new one, or be nobody in particular. */
import { useId, useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { t } from "../app/words.ts";
import { Avatar, shopperName } from "./avatar.tsx";
import { become, met, randomId, type Someone, someone } from "./shopper.ts";

export function ShopperMenu() {
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  const choose = (who: Someone): void => {
    become(who);
    menu.current?.hidePopover();
  };
  return (
    <div class="shopper-menu">
      <button class="button shopper-button" type="button" popovertarget={id}>
        <Avatar who={someone.value} />
        <span class="visually-hidden">{t("shopper.you-are")}</span>
        <span class="shopper-name">{shopperName(someone.value)}</span>
        <Icon name="down" />
      </button>
      <div ref={menu} id={id} class="menu" popover="auto">
        <h2>{t("shopper.be")}</h2>
        <WhoList now={someone.value} choose={choose} />
      </div>
    </div>
  );
}

export function WhoList({ now, choose, without }: { now: Someone; choose: (who: Someone) => void; without?: Someone }) {
  const [typed, setTyped] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed.trim() === "") return;
    choose(typed.trim());
    setTyped("");
  };
  return (
    <>
      <ul class="who-list">
        {[...met.value.filter((one) => one !== without), ...(without === null ? [] : [null])].map((who) => (
          <li key={who ?? ""}>
            <button type="button" aria-pressed={who === now} onClick={() => choose(who)}>
              <Avatar who={who} />
              <span>
                {shopperName(who)}
                {who === null && <small>{t("shopper.nobody-hint")}</small>}
              </span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" onClick={() => choose(randomId("guest-"))}>
            <span class="avatar new" aria-hidden="true">
              +
            </span>
            <span>{t("shopper.new")}</span>
          </button>
        </li>
      </ul>
      <form class="who-form" onSubmit={submit}>
        <label class="field">
          <span>{t("shopper.by-id")}</span>
          <input
            value={typed}
            placeholder="u-1"
            maxLength={256}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <button class="button" type="submit">
          {t("shopper.use")}
        </button>
      </form>
    </>
  );
}
