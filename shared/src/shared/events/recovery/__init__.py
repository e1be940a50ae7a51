"""What is not the daily way of an event: its way again.

Queues are made anew or spread over another number of workers (generations, rebalancing by shares); the log is read
again (replay); a projection is made anew from the journal (rebuilding); what was sent, what the log holds and what was
received are compared (reconciliation). The daily way – outbox, relay, consumer, inbox, failures, retries, timers – can
be read without it: of all its modules only the consumer imports from here.
"""
