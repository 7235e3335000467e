#ifndef HD_SIGNALS_H
#define HD_SIGNALS_H

/*
 * SIGINT, SIGTERM and SIGHUP ask the run to end (hd_cancel_request()); the
 * second of them ends the process at once with status 130. One that was
 * ignored when hdeploy was started (nohup) stays ignored. SIGPIPE is ignored:
 * writing to a closed pipe is an error like any other. Before any thread.
 */
void hd_signals_install(void);

#endif
