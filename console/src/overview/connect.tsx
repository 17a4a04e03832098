import { useMutation } from "@tanstack/react-query";
import { Button, Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { mintKey } from "../api/settings.ts";
import type { Status } from "../api/status.ts";
import { Block } from "../parts/block.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { CLIENTS, SOME_KEY } from "./clients.ts";

/** How each client is pointed at the gateway, with a key that is made on request and stands here until the page is left. */
export function Connect({ status, agent }: { readonly status: Status; readonly agent: string | undefined }) {
  const { t } = useText();
  const minted = useMutation({ mutationFn: mintKey });
  const model = status.models[0] ?? "practice/assistant";
  const codeOf = (client: (typeof CLIENTS)[number]): string => client.code(status.baseUrl, model, minted.data ?? SOME_KEY);
  return (
    <>
      <Tabs className="tabs">
        <TabList className="tab-list" aria-label={t("start.connect.clients")}>
          {CLIENTS.map((client) => (
            <Tab key={client.id} id={client.id} className="tab">
              {client.name}
            </Tab>
          ))}
        </TabList>
        {CLIENTS.map((client) => (
          <TabPanel key={client.id} id={client.id} className="tab-panel">
            <p>{t(client.wraps === true ? "start.connect.wrap" : "start.connect.text")}</p>
            <Block text={codeOf(client)} label={t("start.connect.code", { client: client.name })} code />
            <CopyButton text={codeOf(client)} />
          </TabPanel>
        ))}
      </Tabs>
      <p className="muted small" role="status">
        {minted.data === undefined ? t("start.connect.key") : t("start.connect.made", { agent: agent ?? "" })}
      </p>
      {agent === undefined || minted.data !== undefined ? null : (
        <Button className="button" onPress={() => minted.mutate(agent)} isDisabled={minted.isPending}>
          <Icon name="key" />
          {t("start.connect.mint", { agent })}
        </Button>
      )}
      <NotDone error={minted.error} />
    </>
  );
}
