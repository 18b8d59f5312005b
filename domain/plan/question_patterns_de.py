"""The German question patterns; `domain.plan.question_patterns` describes their form."""

# ruff: noqa: E501 - sentences stay on one line, so that they can be searched for
from domain.plan.question_patterns import ENGLISH, DimensionKind

GERMAN: dict[str, DimensionKind] = {
    "knowledge": DimensionKind(
        keywords=ENGLISH["knowledge"].keywords,
        signals=ENGLISH["knowledge"].signals,
        past=(
            "Erzählen Sie von etwas, das Sie {setting} gemacht haben und bei dem es um {skill} ging: Was war das, und wie funktionierte es?",
            "Nehmen Sie eine anspruchsvolle Aufgabe {setting}, bei der es auf {skill} ankam: Wie sind Sie sie angegangen?",
            "Nehmen Sie das schwierigste Problem mit {skill}, das Ihnen {setting} begegnet ist: Was machte es schwierig, und wie sind Sie vorgegangen?",
        ),
        case=(
            "Jemand Neues im Team soll zum ersten Mal mit {skill} arbeiten: Was würden Sie zeigen, und in welcher Reihenfolge?",
            "Sie übernehmen eine Arbeit, die auf {skill} beruht und hin und wieder versagt: Wie gehen Sie vor?",
            "Die Anforderungen an etwas, das mit {skill} gebaut ist, verzehnfachen sich in einem Monat: Was bricht, und wie gehen Sie damit um?",
        ),
        scene=(
            "Gut, dass Sie da sind. Wir brauchen hierfür {skill}, und ich kenne mich kaum aus: Wie würden Sie anfangen?",
            "Mir wurde {skill} vorgegeben, und ich zweifle, ob das passt: Was sagen Sie dazu?",
            "Unser System, das auf {skill} beruht, steht still und der Kunde ist am Telefon: Was tun Sie jetzt?",
        ),
        probes=(
            "Was könnte dabei schiefgehen, und woran würden Sie es merken?",
            "Wie würden Sie prüfen, dass es wirklich funktioniert?",
            "Was ändert sich, wenn es zehnmal so viel davon gibt?",
        ),
    ),
    "problem_solving": DimensionKind(
        keywords=ENGLISH["problem_solving"].keywords,
        signals=ENGLISH["problem_solving"].signals,
        past=(
            "Erzählen Sie von einem Problem {setting}, das Sie gelöst haben: Was war los, und wie sind Sie darauf gekommen?",
            "Denken Sie an ein Problem {setting}, dessen Ursache alles andere als offensichtlich war: Wie haben Sie herausgefunden, was los war?",
            "Denken Sie an ein Problem {setting}, bei dem Ihre erste Idee falsch war: Woran haben Sie es gemerkt, und wie ging es weiter?",
        ),
        case=(
            "Etwas, das gestern lief, versagt heute, und angeblich hat niemand etwas geändert: Wo schauen Sie nach?",
            "Zwei Berichte über dieselbe Sache widersprechen sich, und heute muss entschieden werden: Wie gehen Sie vor?",
            "Ein Fehler tritt einmal in der Woche auf, nie wenn Sie hinsehen: Wie kommen Sie ihm auf die Spur?",
        ),
        scene=(
            "Gestern ging es noch, und heute geht gar nichts mehr: Was müssen Sie von mir wissen?",
            "Ihre Kollegin hat mir heute früh das Gegenteil gesagt: Wem soll ich glauben?",
            "Das ist das dritte Mal in diesem Monat, und jedes Mal hieß es, es sei behoben: Warum soll ich Ihnen jetzt glauben?",
        ),
        probes=(
            "Was haben Sie unterwegs ausgeschlossen, und wie?",
            "Welche Information hätte Ihre Meinung geändert?",
            "Woher wussten Sie, dass es wirklich gelöst war?",
        ),
    ),
    "communication": DimensionKind(
        keywords=ENGLISH["communication"].keywords,
        signals=ENGLISH["communication"].signals,
        past=(
            "Erzählen Sie, wie Sie {setting} jemandem etwas Kompliziertes klarmachen mussten: Wie haben Sie das gemacht?",
            "Erzählen Sie von einer Nachricht {setting}, die schwer zu vermitteln war: Wer musste sie hören, und wie sind Sie vorgegangen?",
            "Erzählen Sie von einem Missverständnis {setting}, das Folgen hatte: Was ist passiert?",
        ),
        case=(
            "Sie haben zwei Minuten, um jemanden ohne Vorwissen auf den Stand zu bringen: Wie nutzen Sie sie?",
            "Sie müssen Menschen, die sich auf Sie verlassen, sagen, dass eine Zusage nicht gehalten wird: Wie gehen Sie das an?",
            "Fachleute und Laien sitzen in derselben Besprechung, und beide brauchen am Ende eine Entscheidung: Wie führen Sie sie?",
        ),
        scene=(
            "Ich habe zwei Minuten und keine Ahnung von Ihrem Fach: Worum geht es hier?",
            "Vorige Woche haben Sie mir etwas anderes versprochen: Was sage ich jetzt meinen Leuten?",
            "Die Hälfte von uns ist verloren, und die andere langweilt sich: Können Sie noch einmal anfangen?",
        ),
        probes=(
            "Woran haben Sie gemerkt, ob es angekommen war?",
            "Welche Worte haben Sie gewählt, und welche vermieden?",
            "Was haben die anderen darauf gesagt?",
        ),
    ),
    "collaboration": DimensionKind(
        keywords=ENGLISH["collaboration"].keywords,
        signals=ENGLISH["collaboration"].signals,
        past=(
            "Erzählen Sie von einer Arbeit {setting}, die Sie mit anderen gemacht haben: Wer hat was getan?",
            "Erzählen Sie von einer Meinungsverschiedenheit {setting} mit jemandem, auf den Sie angewiesen waren: Wie lief das ab?",
            "Erzählen Sie, wie Sie {setting} mit jemandem zu tun hatten, der es allen schwer machte: Wie sind Sie damit umgegangen?",
        ),
        case=(
            "Jemand im Team gerät in Verzug, und Ihr Teil hängt davon ab: Wie gehen Sie vor?",
            "Zwei in Ihrer Gruppe wollen das Gegenteil und bitten Sie, Partei zu ergreifen: Wie reagieren Sie?",
            "Ihre Gruppe hat etwas beschlossen, das Sie für falsch halten: Wie handeln Sie?",
        ),
        scene=(
            "Ich weiß, ich bin schon wieder zu spät dran: Sind Sie mir böse?",
            "Sagen Sie ihnen einfach, dass ich recht habe, ja?",
            "Wir haben das ohne Sie entschieden, und dabei bleibt es: Was nun?",
        ),
        probes=(
            "Wie haben Sie beide darüber gesprochen?",
            "Was haben Sie aufgegeben, und worauf haben Sie bestanden?",
            "Wie ist das Verhältnis heute?",
        ),
    ),
    "leadership": DimensionKind(
        keywords=ENGLISH["leadership"].keywords,
        signals=ENGLISH["leadership"].signals,
        past=(
            "Erzählen Sie von etwas {setting}, das Sie in die Hand genommen haben: Wie kam es dazu?",
            "Erzählen Sie von einer Entscheidung {setting}, von der andere abhingen und die bei Ihnen lag: Wie haben Sie sie getroffen?",
            "Erzählen Sie von einer Ihrer Entscheidungen {setting}, die auf Widerstand stieß: Wie sind Sie damit umgegangen?",
        ),
        case=(
            "Sie übernehmen eine Gruppe, deren Leitung plötzlich gegangen ist: Wie sehen Ihre ersten zwei Wochen aus?",
            "Zwei wichtige Dinge sind fällig, und nur eines ist zu schaffen: Wie entscheiden Sie?",
            "Ihre beste Kraft will mitten im wichtigsten Projekt gehen: Wie reagieren Sie?",
        ),
        scene=(
            "Sie sind neu hier: Warum sollten wir auf Sie hören?",
            "Beides ist dringend, und ich will beides bis Freitag: Was sagen Sie?",
            "Ich habe ein anderes Angebot, und ich nehme es an: Was sagen Sie jetzt?",
        ),
        probes=(
            "Wer war dagegen, und was haben Sie damit gemacht?",
            "Was haben Sie abgegeben, und wie?",
            "Woher wussten Sie, dass es richtig war?",
        ),
    ),
    "customer": DimensionKind(
        keywords=ENGLISH["customer"].keywords,
        signals=ENGLISH["customer"].signals,
        past=(
            "Erzählen Sie von jemandem, dem Sie {setting} geholfen haben und der zuerst unzufrieden war: Was ist passiert?",
            "Erzählen Sie vom schwierigsten Anliegen {setting}, mit dem Sie zu tun hatten: Wie haben Sie es behandelt?",
            "Erzählen Sie, wie Sie {setting} jemand Wichtigem eine Absage erteilen mussten: Wie haben Sie das gemacht?",
        ),
        case=(
            "Jemand schreibt zum dritten Mal wegen desselben Fehlers und ist verärgert: Wie antworten Sie?",
            "Jemand verlangt etwas, das Ihre Regeln nicht erlauben, und hat nicht ganz unrecht: Wie gehen Sie vor?",
            "Ihr größter Kunde droht wegen eines Fehlers zu gehen, der Ihrer war: Wie handeln Sie?",
        ),
        scene=(
            "Ich warte seit einer Woche, und niemand konnte mir helfen: Was tun Sie jetzt?",
            "Die Konkurrenz bietet mir dasselbe für weniger: Warum sollte ich bleiben?",
            "Ihr Fehler hat mich viel Geld gekostet, und ich will jemanden sprechen, der zuständig ist: Was sagen Sie?",
        ),
        probes=(
            "Was haben Sie als Erstes gesagt?",
            "Wie haben Sie herausgefunden, was wirklich gebraucht wurde?",
            "Was haben Sie getan, damit es nicht wieder vorkommt?",
        ),
    ),
    "integrity": DimensionKind(
        keywords=ENGLISH["integrity"].keywords,
        signals=ENGLISH["integrity"].signals,
        past=(
            "Erzählen Sie, wie es {setting} länger gedauert hätte, etwas richtig statt schnell zu machen: Was haben Sie getan?",
            "Erzählen Sie, wie Sie {setting} gedrängt wurden, eine Abkürzung zu nehmen: Wie haben Sie reagiert?",
            "Erzählen Sie von einem eigenen Fehler {setting}, den sonst niemand bemerkt hatte: Was haben Sie getan?",
        ),
        case=(
            "Sie merken, dass eine Regel zum Schutz von Menschen ringsum missachtet wird: Wie handeln Sie?",
            "Ihre Vorgesetzte bittet Sie, etwas freizugeben, das Sie nicht geprüft haben: Wie reagieren Sie?",
            "Sie finden heraus, dass ein gefeiertes Ergebnis auf einem Irrtum beruht: Wie gehen Sie vor?",
        ),
        scene=(
            "Hier hält sich niemand an diese Regel, also müssen Sie es auch nicht: In Ordnung?",
            "Unterschreiben Sie einfach, zum Ansehen ist keine Zeit: Machen Sie das?",
            "Wenn Sie das melden, ist das ganze Projekt erledigt: Wollen Sie das wirklich?",
        ),
        probes=(
            "Wen hätte es sonst noch getroffen?",
            "Was stand für Sie selbst auf dem Spiel?",
            "Wem haben Sie es gesagt, und wann?",
        ),
    ),
    "learning": DimensionKind(
        keywords=ENGLISH["learning"].keywords,
        signals=ENGLISH["learning"].signals,
        past=(
            "Erzählen Sie von etwas, das Sie sich {setting} selbst beigebracht haben: Wie sind Sie vorgegangen?",
            "Erzählen Sie von Kritik {setting}, die schwer anzuhören war: Was haben Sie damit gemacht?",
            "Erzählen Sie von einer Überzeugung {setting}, die Sie aufgeben mussten: Was ist passiert?",
        ),
        case=(
            "In vier Wochen müssen Sie etwas können, das Sie noch nie getan haben: Wie planen Sie diese Zeit?",
            "Ihre gewohnte Arbeitsweise wird nächsten Monat durch eine andere ersetzt: Wie bereiten Sie sich vor?",
            "Sie sollen Arbeiten auf einem Gebiet beurteilen, das Sie kaum kennen: Wie kommen Sie dahin?",
        ),
        scene=(
            "Das haben Sie noch nie gemacht, oder?",
            "Wir machen das jetzt anders, und Ihr Weg ist vorbei: Können Sie damit leben?",
            "Ich fand Ihre Arbeit daran schwach: Was sagen Sie dazu?",
        ),
        probes=(
            "Woran haben Sie gemerkt, dass Sie besser wurden?",
            "Wen oder was haben Sie als Hilfe genutzt?",
            "Was machen Sie seitdem anders?",
        ),
    ),
    "motivation": DimensionKind(
        keywords=ENGLISH["motivation"].keywords,
        signals=ENGLISH["motivation"].signals,
        past=(
            "Erzählen Sie von etwas {setting}, das Sie gern gemacht haben: Worum ging es?",
            "Erzählen Sie von einer Zeit {setting}, in der Sie Ihr Bestes geleistet haben: Was hat das ermöglicht?",
            "Erzählen Sie, wie Sie {setting} weitergemacht haben, obwohl Aufgeben nahelag: Was ist passiert?",
        ),
        case=(
            "Stellen Sie sich Ihre ersten drei Monate hier vor: Was möchten Sie bis dahin geschafft haben?",
            "Stellen Sie sich vor, Sie dürften Ihre nächste Aufgabe frei wählen: Welche nähmen Sie, und was wollten Sie davon haben?",
            "Stellen Sie sich vor, nach einem halben Jahr ist es nicht so, wie Sie gehofft haben: Wie handeln Sie?",
        ),
        scene=(
            "Also, warum sind Sie hier?",
            "Das wollen viele andere auch: Warum Sie?",
            "Ich habe das Gefühl, in einem Jahr sind Sie wieder weg: Irre ich mich?",
        ),
        probes=(
            "Was genau hat Sie daran angezogen?",
            "Was würden Sie nicht tun wollen?",
            "Wie passt das zu dem, was hier gebraucht wird?",
        ),
    ),
    "planning": DimensionKind(
        keywords=ENGLISH["planning"].keywords,
        signals=ENGLISH["planning"].signals,
        past=(
            "Erzählen Sie von etwas mit fester Frist {setting}, das Sie organisiert haben: Wie haben Sie angefangen?",
            "Erzählen Sie von einem Vorhaben {setting}, das vom Kurs abkam: Wie haben Sie es zurückgeholt?",
            "Erzählen Sie von einer Zeit {setting}, in der mehr zu tun war als möglich: Wie sind Sie damit umgegangen?",
        ),
        case=(
            "Am Montag bekommen Sie zehn Aufgaben, und alle heißen dringend: Wie fangen Sie an?",
            "Auf halbem Weg ändert sich das Ziel Ihres Vorhabens: Wie gehen Sie vor?",
            "Ein Zulieferer, auf den Sie angewiesen sind, fällt eine Woche vor dem Ende aus: Wie handeln Sie?",
        ),
        scene=(
            "Ich brauche das heute: Schaffen Sie es?",
            "Die Leitung will jetzt etwas anderes: Wie lange wird das dauern?",
            "Sie kannten die Frist seit Monaten: Was ist schiefgelaufen?",
        ),
        probes=(
            "Was haben Sie weggelassen, und wer war einverstanden?",
            "Wie haben Sie den Überblick behalten?",
            "Was haben Sie getan, als es ins Rutschen kam?",
        ),
    ),
    "general": DimensionKind(
        keywords=(),
        signals=ENGLISH["general"].signals,
        past=(
            "Erzählen Sie von einer Erfahrung {setting}, an der man {topic} bei Ihnen sieht: Wie war die Lage, und was haben Sie getan?",
            "Erzählen Sie von einer Lage {setting}, in der {topic} den Unterschied machte: Was ist passiert?",
            "Erzählen Sie, wann {topic} bei Ihnen {setting} am härtesten geprüft wurde: Was ist passiert?",
        ),
        case=(
            "Wenn Sie jemand Neuem erklären müssten, was {topic} {setting} bedeutet, was würden Sie sagen?",
            "Stellen Sie sich einen Tag {setting} vor, an dem alles von {topic} abhängt: Wie gingen Sie ihn an?",
            "Stellen Sie sich eine Lage {setting} vor, in der {topic} und Tempo auseinanderziehen: Wie handeln Sie?",
        ),
        scene=(
            "Sehen wir, wie Sie damit umgehen: Ich habe ein Problem und wenig Zeit, wie fangen Sie an?",
            "Ich habe zugehört und bin noch nicht überzeugt: Was können Sie mir noch sagen?",
            "Offen gesagt hatte ich mehr erwartet: Was sagen Sie dazu?",
        ),
        probes=(
            "Nehmen Sie mich in einen Moment davon näher mit?",
            "Was war daran schwierig?",
            "Woran hätte jemand anders das sehen können?",
        ),
    ),
}
