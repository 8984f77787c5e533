from pratique.jobs import outbox


def promise(engine, name, *job_ids):
    for job_id in job_ids:
        with engine.begin() as connection:
            outbox.enqueue(connection, name, {}, job_id)


def test_what_waits_runs_or_pauses_is_unfinished_and_the_done_is_not(engine, job_process, log_of, tmp_path):
    promise(engine, "slow", *(f"event-{number}" for number in range(6)))  # four run at once, two wait
    process = job_process("A")
    log_of("event-0", 1)

    assert process.ask("unfinished slow") == [f"event-{number}" for number in range(6)]
    assert process.ask("unfinished plain") == []

    (tmp_path / "go").touch()
    for number in range(6):
        log_of(f"event-{number}", 2)
    promise(engine, "plain", "last")
    log_of("last", 1)
    while process.ask("unfinished slow"):  # noted as done a moment after its last line
        pass


def test_a_job_that_is_given_up_is_shown_with_the_sentence_of_its_last_failure(engine, job_process, log_of):
    promise(engine, "hopeless", "event-1")
    process = job_process("A")
    log_of("event-1", 2)

    failed = []
    while not failed:
        failed = process.ask("failed")

    assert [(job["job_id"], job["name"], job["attempts"]) for job in failed] == [("event-1", "hopeless", 2)]
    assert "hopeless event-1 failed 2 times, last: ValueError('never')" in failed[0]["why"]


def test_the_sweep_names_the_jobs_that_were_never_promised(engine, job_process):
    promise(engine, "slow", "event-1", "event-2")
    process = job_process("A")

    assert process.ask("missing event-1 event-2") == []
    assert process.ask("missing event-1 lost event-2") == ["lost"]


def test_finished_jobs_are_forgotten_and_the_unfinished_kept(engine, job_process, log_of):
    promise(engine, "plain", "done")
    promise(engine, "slow", "running")
    process = job_process("A")
    log_of("done", 1)
    log_of("running", 1)
    while process.ask("unfinished plain"):
        pass

    assert process.ask("forget") == 1
    assert process.ask("missing done running") == ["done"]


def test_a_job_that_takes_its_process_down_again_and_again_is_given_up(engine, job_process, log_of):
    promise(engine, "deadly", "event-1")
    for number, executor in enumerate(("A", "B"), start=1):
        job_process(executor)
        log_of("event-1", number)
    promise(engine, "plain", "event-2")
    process = job_process("C")
    log_of("event-2", 1)

    failed = []
    while not failed:
        failed = process.ask("failed")

    assert [(job["job_id"], job["why"]) for job in failed] == [("event-1", "it took its process down too often")]
