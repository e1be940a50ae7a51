"""Recovery: what is not an event's daily way.

Queues are replaced, or subjects spread over another number of partitions (generations, rebalancing by shares); the log
is read again (replay); a projection is rebuilt from the journal (rebuilding); outbox, log and receipts are compared
(reconciliation). The daily way – outbox, relay, consumer, inbox, failures, retries, timers – can be read without this
package: of all its modules only the consumer imports from here.
"""
